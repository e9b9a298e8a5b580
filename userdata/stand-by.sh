#!/usr/bin/env bash
# Makes this machine ready for being stopped, and for a later boot with user data of its own. Stands above run.sh, in user
# data that has no registration.
# shellcheck disable=SC2153,SC2154,SC2310,SC2312 # install.sh has the folders. Who cannot be asked is asked again.
set -euo pipefail

# Of this boot nothing is left but what is installed, and a unit for the next one. Then it waits to be stopped, from outside,
# because only a stop that is asked for can be in economical mode; should nobody ask, the boot's deadline ends it.
stand_by() {
  # What may come beside: the actions.
  wait || true
  await_unit cloud-final.service
  remove_copies
  write_start_unit
  rm --force "${ROOT}/var/lib/cloud/instance/ci-runner-armed"
  sync
  log 'machine.prepared'
  trap - EXIT
  exec sleep infinity
}

# Some cloud-init reads user data once (SDK model ModifyInstanceAttributeRequest, userData); where it has read that of this
# boot, the unit has nothing to do. A machine that cannot learn what it was started for ends.
write_start_unit() {
  local first
  first=$(ask_user_data | sha256sum)
  {
    printf 'set -euo pipefail\nreadonly ROOT=%q METADATA=%q FIRST=%q\n' "${ROOT}" "${METADATA}" "${first}"
    declare -f ask_user_data start_again
    printf 'start_again\n'
  } >"${SHARED}/start.sh"
  put /etc/systemd/system/ci-runner-start.service '[Unit]
Wants=network-online.target
After=network-online.target cloud-init.service cloud-init-network.service
ConditionPathExists=!/run/ci-runner
FailureAction=poweroff
[Service]
Type=oneshot
ExecStart=/usr/bin/env bash /opt/ci-runner/start.sh
[Install]
WantedBy=multi-user.target'
  systemctl --quiet --no-reload enable ci-runner-start.service
}

# Hardened: a token first. On standard input, out of the argument list.
ask_user_data() {
  local token
  token=$(curl --fail --silent --noproxy '*' --max-time 3 --request PUT \
    --header 'X-aliyun-ecs-metadata-token-ttl-seconds: 60' "${METADATA}/api/token")
  curl --fail --silent --noproxy '*' --max-time 3 --header @- "${METADATA}/user-data" \
    <<<"X-aliyun-ecs-metadata-token: ${token}"
}

# In memory, root's alone, and gone before the job: it has the JIT config. That of the first boot is for no job, and what
# metadata that lag still show.
start_again() {
  local file="${ROOT}/run/ci-runner-user-data" tries=0
  rm --force "${ROOT}"/opt/ci-runner/start.sh "${ROOT}"/etc/systemd/system/{,multi-user.target.wants/}ci-runner-start.service
  (umask 077 && : >"${file}")
  until ask_user_data >"${file}" && [[ -s "${file}" && "$(sha256sum <"${file}")" != "${FIRST}" ]]; do
    if ((++tries >= 30)); then exit 1; fi
    sleep 2
  done
  bash "${file}"
  rm --force "${file}"
  # Whatever else it was has armed no stop.
  [[ -e "${ROOT}/run/ci-runner" ]]
}
