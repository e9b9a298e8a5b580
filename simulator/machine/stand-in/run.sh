#!/usr/bin/env bash
# Stands where actions/runner's own run.sh stands: keeps the listener, hands signals on, exits after one job.
cd "$(dirname "$0")" || exit 1
set -m
trap 'kill -INT -- "-${listener}"' INT TERM
bin/Runner.Listener run "$@" &
listener=$!
wait "${listener}"
status=$?
trap - INT TERM
wait "${listener}" 2>/dev/null
echo 'Exiting runner...'
exit "${status}"
