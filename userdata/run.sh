#!/usr/bin/env bash
# Runs one job on this instance, then stops it.
# The launcher writes the values above this file, each quoted; nothing in here is templated. cloud-init runs it as a
# boot hook: early, and at each boot.
# shellcheck disable=SC2154,SC2310 # install.sh has the folders. Who is asked whether it succeeded stops by itself.
set -euo pipefail

main() {
  # First: whatever fails after this line, the instance still stops.
  trap stop EXIT
  if [[ "${1:-}" == run ]]; then
    boot
  else
    arm
    # From here on the unit stops the instance, however it ends.
    trap - EXIT
  fi
}

# Nothing before the stop is armed waits for anything but systemd. A reboot has lost the job: its instance is known by a
# file in cloud-init's folder of this instance, which an image that is made of its disk is none of.
arm() {
  local armed=/var/lib/cloud/instance/ci-runner-armed
  # Made ready by an earlier boot: cloud-init has read that one's again, and the unit which it left reads this one's. What an
  # image has of another machine is of another launch.
  if [[ "${PREPARES:?}" == true ]] && grep --quiet --no-messages "LAUNCHED_AT=${LAUNCHED_AT:?}$" "${SHARED}/start.sh"; then return 0; fi
  if [[ -e "${ROOT}${armed}" && ! -e "${RUN}" ]]; then
    log 'machine.rebooted'
    exit 1
  fi
  # That unit and cloud-init may come here at the same time, each with this one's: who makes the folder goes on.
  (umask 077 && mkdir "${RUN}") || {
    [[ -d "${RUN}" ]]
    return
  }
  put "${armed}" ''
  (umask 077 && cat -- "$0" >"${RUN}/run.sh")
  write_deadlines
  write_units "${armed}"
  silence_timers
  systemctl daemon-reload
  systemctl start ci-runner-lifetime.timer ci-runner-boot.timer
  systemctl --no-block start ci-runner.service
}

# systemd's: they outlive cloud-init and this script. A stopped instance still bills for its disk: the reaper deletes
# it, and the release time set at creation frees it after that. A machine that a person keeps outlives both: until
# the time in a file, which Cloud Assistant writes and may change. A busy runner is never stopped by the boot's deadline,
# should its "online" line ever change. Since systemd 257, logind refuses root, too, while somebody holds the power-off
# back, as apt-get does at its work; systemd itself does not.
write_deadlines() {
  local power_off='systemctl poweroff || systemctl start --job-mode=replace-irreversibly poweroff.target'
  put /run/ci-runner/stay.sh "while read -r kept <${RUN}/keep && printf -v now '%(%s)T' -1 && [[ \$kept -gt \$now ]]; do sleep 5; done"
  timer ci-runner-lifetime "${LIFETIME_SECONDS:?}" \
    "bash /run/ci-runner/stay.sh; echo 'limits.lifetime of ${LIFETIME_MINUTES:?}m is over; give its profile a longer lifetime' >/run/ci-runner/why; ${power_off}"
  timer ci-runner-boot "${BOOT_SECONDS:?}" \
    "[[ -e /run/ci-runner/online ]] || pgrep --full 'Runner[.]Worker' || ${power_off}"
}

# timer NAME SECONDS SHELL_TEXT, which starts as early as this script does.
timer() {
  put "/run/systemd/system/$1.timer" "[Unit]
DefaultDependencies=no
[Timer]
OnActiveSec=$2
AccuracySec=1s"
  put "/run/systemd/system/$1.service" "[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
ExecStart=/usr/bin/env bash -c '${3//\'/\\\'}'"
}

# write_units ARMED_FILE: systemd stops the instance when the first one ends, even if the script or the runner is killed;
# at a shutdown it ends before the network and docker do. It begins when cloud-init, whose service has two names, has made
# its users and let the disk grow; at once where an earlier boot has seen to that. The other is for a reboot without user data.
write_units() {
  local init='cloud-init.service cloud-init-network.service'
  if [[ -e "${SHARED}/start.sh" ]]; then init=''; fi
  put /run/systemd/system/ci-runner.service "[Unit]
After=network.target docker.service ${init}
SuccessAction=poweroff
FailureAction=poweroff
[Service]
ExecStart=/usr/bin/env bash /run/ci-runner/run.sh run
KillMode=mixed
OOMPolicy=continue
TasksMax=infinity
LimitNOFILE=65536:1048576
TimeoutStopSec=75"
  put /etc/systemd/system/ci-runner-rebooted.service "[Unit]
After=cloud-init.service cloud-init-network.service
ConditionPathExists=!/run/ci-runner
ConditionPathExists=$1
FailureAction=poweroff
[Service]
ExecStart=/usr/bin/env systemctl poweroff
[Install]
WantedBy=multi-user.target"
  systemctl --quiet --no-reload enable ci-runner-rebooted.service
}

boot() {
  local installing
  # What failed says why; the trace repeats it at the end.
  exec 2>"${RUN}/errors"
  log "boot.began instance_type=${INSTANCE_TYPE:?} zone=${ZONE:?}"
  set_clock
  mkdir --parents "${SHARED}"
  rm --recursive --force "${SHARED}"/{ready,missing,mirrors,start.sh} "${RUN}/run.sh" "${ROOT}"/etc/systemd/system/{ci-runner.service.d,{,multi-user.target.wants/}ci-runner-start.service}
  set_proxy
  prepare_user
  is_installed || write_settings
  close_metadata
  if [[ ${#MIRRORS[@]} -gt 0 ]]; then use_mirrors; fi
  if [[ "${PREPARES}" == false ]]; then run_extra_user_data; fi
  install_all &
  installing=$!
  # The download needs them; all else can come beside the download.
  { has curl && has_certificates; } || wait "${installing}"
  fetch_runner
  if [[ -n "${ACTIONS_URL?}" ]]; then bring_actions & fi
  if [[ -n "${TOOLS_URL:-}" ]]; then bring_tools & fi
  wait "${installing}"
  if [[ "${PREPARES}" == true ]]; then stand_by; fi
  allow_sudo
  if [[ "${DOCKER}" == true ]]; then
    groupadd --force docker
    usermod --append --groups docker runner
  fi
  write_hooks
  get_ready &
  run_one_job
}

# No certificate is good when the clock is far off. This machine was asked for a minute ago.
set_clock() {
  local off
  off=$(($(date +%s) - ${LAUNCHED_AT:?}))
  if ((off < -300 || off > 3600)); then
    date --set="@${LAUNCHED_AT}" >/dev/null || true
    log "clock.set off=${off}s"
  fi
}

set_proxy() {
  [[ "${PROXY:?}" == true ]] || return 0
  export "${PROXY_ENVIRONMENT[@]?}"
  # what systemd starts from now on: docker, too
  systemctl set-environment "${PROXY_ENVIRONMENT[@]}"
  log 'proxy.set'
}

# For all but root, because a job has more user ids than its own: those that newuidmap gives it. By address, so
# by each name that leads there; on the forwarding path for containers. In a table that docker never touches:
# docker puts its own rules before others' in the filter table. Neighbour discovery is nobody's: without it IPv6 would
# be closed to root, too, now and then. (IPv6 address: canonical/cloud-init #6893.)
close_metadata() {
  [[ "${METADATA_OPEN:?}" == false ]] || return 0
  # Where the image has neither, all that it lacks comes first.
  has nft || has iptables || install_all
  if has nft; then
    nft --file - <<'RULES'
table inet ci_runner {
  chain metadata { ip daddr 100.100.100.200 drop; ip6 daddr fd00:100::100:200 drop; }
  chain output {
    type filter hook output priority -150; meta skuid 0 accept; meta l4proto ipv6-icmp accept; jump metadata;
  }
  chain forward { type filter hook forward priority -150; jump metadata; }
}
RULES
  else
    close_address iptables 100.100.100.200
    # A kernel without IPv6 has nothing to close.
    if [[ -e "${ROOT}/proc/net/if_inet6" ]]; then
      ip6tables --table mangle --append OUTPUT --protocol ipv6-icmp --jump ACCEPT
      close_address ip6tables fd00:100::100:200
    fi
  fi
  log 'metadata.closed'
}

# close_address TOOL ADDRESS
close_address() {
  "$1" --table mangle --append OUTPUT --destination "$2" --match owner ! --uid-owner 0 --jump DROP
  "$1" --table mangle --append FORWARD --destination "$2" --jump DROP
}

# From a file, and with nothing to read: a command that reads its input would swallow the lines below it.
run_extra_user_data() {
  [[ -n "${EXTRA_USER_DATA?}" ]] || return 0
  await_unit cloud-config.service
  (umask 077 && printf '%s\n' "${EXTRA_USER_DATA}" >"${RUN}/extra.sh")
  bash -euo pipefail "${RUN}/extra.sh" </dev/null
  log 'extra.ran'
}

allow_sudo() {
  [[ "${SUDO}" == true ]] || return 0
  (
    umask 337
    printf 'runner ALL=(ALL) NOPASSWD:ALL\nDefaults env_keep += "DEBIAN_FRONTEND %s"\n' \
      "${PROXY_ENVIRONMENT[*]%%=*}" >"${ROOT}/etc/sudoers.d/ci-runner"
  )
}

write_hooks() {
  look_up
  {
    declare -p BEGAN UP
    declare -p "${HOOK_VALUES[@]?}"
    declare -f look_up job_started turn_away await_machine judge judge_event read_event
    printf 'job_started\n'
    if [[ -n "${TOOLS_URL:-}" ]]; then declare -f await_tools && printf 'await_tools\n'; fi
    printf '%s\n' "${HOOK_STARTED?}"
  } >"${SHARED}/job-started.sh"
  {
    if [[ "${USAGE}" == true ]]; then declare -p SHARED && declare -f show_usage && printf 'show_usage || true\n'; fi
    printf '%s\n' "${HOOK_COMPLETED?}"
  } >"${SHARED}/job-completed.sh"
}

# Beside the runner, and no reason for anything to fail or to wait: what is not there comes from GitHub. It is there whole
# or not at all, because the runner takes what it finds for good.
bring_actions() {
  local because said="${RUN}/said.actions"
  if [[ -e "${ACTION_CACHE}" ]]; then
    log 'actions.in_image'
  elif unpack "${ACTIONS_URL}" "${ACTIONS_SHA256?}" "${ACTION_CACHE}.new" --no-same-owner 60 2>"${said}" &&
    mv "${ACTION_CACHE}.new" "${ACTION_CACHE}"; then
    log 'actions.brought'
  else
    because=$(cause_of "${said}")
    log "actions.not_brought because=${because}"
  fi
}

# What a job must find, and the runner need not wait for.
get_ready() {
  if [[ "${DOCKER}" == true ]]; then start_docker; fi
  # cloud-init's later stages read what is removed here.
  await_unit cloud-final.service
  if [[ -n "${APT_MIRROR?}" ]]; then use_apt_mirror; fi
  remove_copies
  : >"${SHARED}/ready"
}

# The JIT config is in each of them.
remove_copies() {
  rm --force "${ROOT}"/run/cloud-init/{instance-data-sensitive,combined-cloud-config}.json \
    "${ROOT}"/var/lib/cloud/instances/*/{user-data.txt*,cloud-config.txt,obj.pkl,{boothooks,scripts}/part-*}
}

stop() {
  local status=$?
  set +e
  if [[ "${status}" -ne 0 && -s "${RUN}/errors" ]]; then log_lines error "${RUN}/errors"; fi
  log "stopping status=${status}"
  end_job
  if [[ -n "${DEBUG_SECONDS:-}" ]]; then keep_failed; fi
  bash "${RUN}/stay.sh"
  if [[ -n "${SELF_DESTRUCT_ROLE:-}" ]]; then self_destruct; fi
  systemctl poweroff || systemctl --force poweroff || systemctl --force --force poweroff
}

# log_lines NAME FILE: its last ones.
log_lines() {
  local lines line
  lines=$(tail --lines=5 "$2")
  while read -r line; do log "$1 ${line:0:200}"; done <<<"${lines}"
}

# All that the job left behind: its scope, and what a daemon such as cron started for it elsewhere.
end_job() {
  local processes pid uid
  systemctl kill --signal=KILL ci-runner-job.scope
  processes=$(ps -e -o pid=,uid=)
  while read -r pid uid; do
    [[ "${uid:-0}" -lt 1000 ]] || kill -s KILL -- "${pid}"
  done <<<"${processes}"
}

main "$@"
