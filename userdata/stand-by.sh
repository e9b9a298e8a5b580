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
  # Enabled, it would have the runner wait for what it waits for. It is started beside the runner, or by who opens its socket.
  systemctl --quiet --no-reload disable docker.service || true
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
  local first early
  first=$(ask_user_data | sha256sum)
  {
    printf 'set -euo pipefail\nreadonly ROOT=%q METADATA=%q FIRST=%q LAUNCHED_AT=%q\n' "${ROOT}" "${METADATA}" "${first}" "${LAUNCHED_AT:?}"
    declare -f ask_user_data start_again
    printf 'start_again\n'
  } >"${SHARED}/start.sh"
  # As soon as there are disks, temporary folders and a network: cloud-init, which the system's own targets wait for, goes on
  # beside them.
  early='[Unit]
DefaultDependencies=no
After=local-fs.target systemd-tmpfiles-setup.service systemd-networkd-wait-online.service NetworkManager-wait-online.service networking.service
Conflicts=shutdown.target
Before=shutdown.target'
  put /etc/systemd/system/ci-runner.service.d/early.conf "${early}"
  put /etc/systemd/system/ci-runner-start.service "${early}
ConditionPathExists=!/run/ci-runner
FailureAction=poweroff
[Service]
Type=oneshot
TimeoutStartSec=240
ExecStart=/usr/bin/env bash /opt/ci-runner/start.sh
[Install]
WantedBy=multi-user.target"
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
# metadata that lag still show. What tells later readers of that one to do nothing stays until the unit of this boot runs.
start_again() {
  local file="${ROOT}/run/ci-runner-user-data" tries=0
  (umask 077 && : >"${file}")
  until ask_user_data >"${file}" && [[ -s "${file}" && "$(sha256sum <"${file}")" != "${FIRST}" ]]; do
    # cloud-init was first.
    if [[ -e "${ROOT}/run/ci-runner" ]]; then break; fi
    if ((++tries >= 80)); then exit 1; fi
    sleep "$((tries > 20 ? 2 : 0)).5"
  done
  if [[ ! -e "${ROOT}/run/ci-runner" ]]; then bash "${file}"; fi
  rm --force "${file}"
  # Whatever else it was has armed no stop.
  [[ -e "${ROOT}/run/ci-runner" ]]
}
