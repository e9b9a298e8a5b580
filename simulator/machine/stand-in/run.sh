#!/usr/bin/env bash
# Stands where actions/runner's own run.sh stands, for who sets RUNNER_MANUALLY_TRAP_SIG: keeps the helper alive, hands
# INT and TERM on to it as INT, ends with its status, or with the signal's, which ends the wait. What differs from the
# source: no certificates, and the helper is made executable here.
cd "$(dirname "$0")" || exit 1
set -m
trap 'kill -INT -- "-${helper}"' INT TERM
while :; do
  cp -f run-helper.sh.template run-helper.sh && chmod +x run-helper.sh
  ./run-helper.sh "$@" &
  helper=$!
  wait "${helper}"
  status=$?
  [[ ${status} == 2 ]] || break
  echo 'Restarting runner...'
done
echo 'Exiting runner...'
trap - INT TERM
wait "${helper}" 2>/dev/null
exit "${status}"
