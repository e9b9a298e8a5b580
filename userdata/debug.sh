#!/usr/bin/env bash
# The label `debug`: a machine whose job failed stays for a while. Stands above job.sh where a job asked for it.
# shellcheck disable=SC2154 # install.sh has the folder, the launcher the time.
set -euo pipefail

# In place of what throws away the runner's words: its last ones say how its job ended (actions/runner, JobDispatcher.cs).
# They are the job's to forge, which may keep its own machine so long anyway; and nobody's to read but for that line.
note_failure() {
  exec setpriv --reuid=65534 --regid=65534 --clear-groups \
    sed --quiet '/ completed with result: Failed$/{p;:a;n;ba}' >"${RUN}/failed"
}

# All that could write to it has ended: the rest is on its way. A person who kept the machine before had a later word.
keep_failed() {
  local looks now
  for ((looks = 0; looks < 20; looks++)); do
    if [[ -s "${RUN}/failed" ]]; then
      printf -v now '%(%s)T' -1
      if [[ ! -e "${RUN}/keep" ]]; then printf '%s\n' "$((now + DEBUG_SECONDS))" >"${RUN}/keep"; fi
      return
    fi
    sleep 0.1
  done
}
