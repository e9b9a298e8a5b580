#!/usr/bin/env bash
# Runs one job on this instance, then stops it.
# The launcher writes the values above this file, each quoted; nothing in here is templated.
set -euo pipefail

readonly ROOT="${CI_RUNNER_ROOT:-}"  # a test's own root folder; empty on an instance
readonly RUN="${ROOT}/run/ci-runner" # in memory: gone after a reboot
readonly RUNNER_HOME="${ROOT}/opt/actions-runner"
readonly METADATA=http://100.100.100.200/latest

main() {
  trap stop EXIT # First: whatever fails after this line, the instance still stops.
  if [[ "${1:-}" == run ]]; then
    boot
  else
    arm_deadlines
    move_to_own_unit
    trap - EXIT # From here on the unit stops the instance, however it ends.
  fi
}

boot() {
  exec 2>"${RUN}/errors" # What failed says why; the trace repeats it at the end.
  log "boot.began instance_type=${INSTANCE_TYPE:?} zone=${ZONE:?}"
  remove_copies
  set_proxy
  prepare_user
  close_metadata
  run_extra_user_data
  install_missing curl curl # The download needs it; all else can come beside the download.
  install_packages &
  local packages=$!
  fetch_runner
  wait "${packages}"
  write_hooks
  run_one_job
}

# Each is systemd's: they outlive cloud-init and this script. A stopped instance still bills for
# its disk: the reaper deletes it, and the release time set at creation frees it after that.
arm_deadlines() {
  systemd-run --quiet --unit=ci-runner-lifetime --on-active="${LIFETIME_SECONDS:?}" \
    --timer-property=AccuracySec=1s systemctl poweroff
  # A busy runner is never stopped by this one, should its "online" line ever change.
  systemd-run --quiet --unit=ci-runner-boot --on-active="${BOOT_SECONDS:?}" --timer-property=AccuracySec=1s \
    bash -c '[[ -e /run/ci-runner/online ]] || pgrep --full "Runner[.]Worker" || systemctl poweroff'
  (umask 077 && mkdir --parents "${RUN}")
  # A reboot loses the job, and the deadlines with it: cloud-init runs user data only once.
  cat >"${ROOT}/etc/systemd/system/ci-runner-rebooted.service" <<'UNIT'
[Unit]
Description=Stop a runner instance that was rebooted
ConditionPathExists=!/run/ci-runner
[Service]
ExecStart=/usr/bin/env systemctl poweroff
[Install]
WantedBy=multi-user.target
UNIT
  systemctl --quiet enable ci-runner-rebooted.service
}

# systemd stops the instance when this unit ends, even if the script or the runner is killed.
move_to_own_unit() {
  (umask 077 && cat -- "$0" >"${RUN}/boot.sh")
  cat >"${ROOT}/run/systemd/system/ci-runner.service" <<'UNIT'
[Unit]
Description=Run one job, then stop the instance
SuccessAction=poweroff
FailureAction=poweroff
[Service]
ExecStart=/usr/bin/env bash /run/ci-runner/boot.sh run
KillMode=mixed
OOMPolicy=continue
TasksMax=infinity
LimitNOFILE=65536:1048576
TimeoutStopSec=60
UNIT
  systemctl daemon-reload
  systemctl start ci-runner.service
}

# The JIT config is in each of them.
remove_copies() {
  rm --force "${RUN}/boot.sh" "${ROOT}"/run/cloud-init/instance-data-sensitive.json \
    "${ROOT}"/run/cloud-init/combined-cloud-config.json \
    "${ROOT}"/var/lib/cloud/instances/*/{user-data.txt*,cloud-config.txt,obj.pkl,scripts/part-*}
}

set_proxy() {
  [[ "${PROXY:?}" == true ]] || return 0
  export "${PROXY_ENVIRONMENT[@]?}"
  systemctl set-environment "${PROXY_ENVIRONMENT[@]}" # what systemd starts from now on: docker, too
  printf 'Defaults env_keep += "%s"\n' "${PROXY_ENVIRONMENT[*]%%=*}" >"${ROOT}/etc/sudoers.d/ci-runner-proxy"
  log 'proxy.set'
}

prepare_user() {
  local uid gid
  if [[ ! -d "${ROOT}/home/runner" ]]; then useradd --create-home --shell /bin/bash runner; fi
  uid=$(id --user runner)
  gid=$(id --group runner)
  AS_RUNNER=(setpriv --reuid="${uid}" --regid="${gid}" --init-groups) # numbers: older ones take no names
  if [[ "${SUDO:?}" == true ]]; then
    install_missing sudo sudo
    (umask 337 && printf 'runner ALL=(ALL) NOPASSWD:ALL\n' >"${ROOT}/etc/sudoers.d/ci-runner")
  fi
  log "user.prepared sudo=${SUDO}"
}

# For all but root, because a job has more user ids than its own: those that newuidmap gives it. By address, so
# by each name that leads there; on the forwarding path for containers. In a table that docker never touches:
# docker puts its own rules before others' in the filter table. (IPv6 address: canonical/cloud-init #6893.)
close_metadata() {
  [[ "${METADATA_OPEN:?}" == false ]] || return 0
  if command -v nft >/dev/null; then
    nft --file - <<'RULES'
table inet ci_runner {
  chain metadata { ip daddr 100.100.100.200 drop; ip6 daddr fd00:100::100:200 drop; }
  chain output { type filter hook output priority -150; meta skuid 0 accept; jump metadata; }
  chain forward { type filter hook forward priority -150; jump metadata; }
}
RULES
  else
    close_address iptables 100.100.100.200
    # A kernel without IPv6 has nothing to close.
    if [[ -e "${ROOT}/proc/net/if_inet6" ]]; then close_address ip6tables fd00:100::100:200; fi
  fi
  log 'metadata.closed'
}

# close_address TOOL ADDRESS
close_address() {
  "$1" --table mangle --append OUTPUT --destination "$2" --match owner ! --uid-owner 0 --jump DROP
  "$1" --table mangle --append FORWARD --destination "$2" --jump DROP
}

run_extra_user_data() {
  [[ -n "${EXTRA_USER_DATA?}" ]] || return 0
  bash -s <<<"${EXTRA_USER_DATA}"
  log 'extra.ran'
}

# In order: the image's own, the mirror in the region, GitHub.
fetch_runner() {
  local archive="${ROOT}/var/tmp/runner.tar.gz" marker=none url host
  if [[ -r "${RUNNER_HOME}/.version" ]]; then marker=$(<"${RUNNER_HOME}/.version"); fi
  if [[ " ${RUNNER_VERSIONS[*]?} " == *" ${marker} "* ]]; then
    chown runner: "${RUNNER_HOME}"
    log "runner.in_image version=${marker}"
    return 0
  fi
  for url in "${RUNNER_URLS[@]?}"; do
    host=${url#*//}
    host=${host%%/*}
    if curl --fail --silent --show-error --location --connect-timeout 10 --speed-limit 50000 --speed-time 20 \
      --retry 2 --retry-connrefused --max-time "${FETCH_SECONDS:?}" --retry-max-time "${FETCH_SECONDS}" --output "${archive}" "${url}" &&
      sha256sum --check --status <<<"${RUNNER_SHA256:?}  ${archive}"; then
      rm --recursive --force "${RUNNER_HOME}"
      install --directory --owner=runner --group=runner "${RUNNER_HOME}"
      "${AS_RUNNER[@]}" tar --extract --gzip --file="${archive}" --directory="${RUNNER_HOME}"
      rm --force "${archive}"
      log "runner.fetched host=${host}"
      return 0
    fi
    log "runner.not_fetched host=${host}"
  done
  log 'runner.unobtainable'
  return 1
}

# Nothing at all when the image has it all.
install_packages() {
  local libraries
  install_missing git git
  # Not by a pipe into grep, which leaves early: ldconfig would end by SIGPIPE, and that reads as "missing".
  libraries=$(ldconfig --print-cache) || true
  if [[ "${libraries}" != *libicuuc* ]]; then
    if command -v apt-get >/dev/null; then install_now '^libicu[0-9]+$'; else install_now libicu; fi
  fi
  if [[ "${DOCKER:?}" == true ]]; then install_docker; fi
}

# install_missing COMMAND PACKAGE
install_missing() {
  if ! command -v "$1" >/dev/null; then install_now "$2"; fi
}

# install_now PACKAGE... from the mirrors that the image names: on ECS those of the region.
install_now() {
  log "packages.installing $*"
  if command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    # They hold locks that apt-get does not wait for, and a job has no use for them.
    systemctl stop apt-daily.timer apt-daily-upgrade.timer apt-daily.service || true
    apt-get --quiet=2 --option Acquire::Retries=3 update
    apt-get --quiet=2 --option DPkg::Lock::Timeout=180 --yes --no-install-recommends install "$@" >/dev/null
  else
    dnf --quiet --assumeyes install "$@"
  fi
}

write_hooks() {
  local hooks="${ROOT}/opt/ci-runner"
  local BOOTED_AT RUNNER_AT
  printf -v RUNNER_AT '%(%s)T' -1
  BOOTED_AT=$((RUNNER_AT - SECONDS))
  mkdir --parents "${hooks}"
  {
    declare -p BOOTED_AT RUNNER_AT
    declare -p "${HOOK_VALUES[@]?}"
    declare -f job_started turn_away judge judge_event read_event
    printf 'job_started\n%s\n' "${HOOK_STARTED?}"
  } >"${hooks}/job-started.sh"
  printf '%s\n' "${HOOK_COMPLETED?}" >"${hooks}/job-completed.sh"
}

# The runner exits by itself after one job: its configuration is good for one.
run_one_job() {
  local runner watcher status=0
  log 'runner.starting'
  set -m # Else the runner would start with SIGINT ignored, and could not be told to end.
  # shellcheck disable=SC2312 # The lines are notes; the runner's own status is waited for.
  start_runner > >(note_online) 2>&1 &
  runner=$!
  set +m
  watch_spot_notice "${runner}" &
  watcher=$!
  wait "${runner}" || status=$?
  kill "${watcher}" 2>/dev/null || true
  log "runner.ended status=${status}"
}

# In a scope of its own: whatever it starts, under whatever user, is ended with that. Delegated, because then the
# kernel's killing of one process for want of memory does not end them all.
# actions/runner reads ACTIONS_RUNNER_INPUT_* and takes them out of the environment of all it starts.
start_runner() {
  cd "${RUNNER_HOME}"
  export "${JOB_ENVIRONMENT[@]?}" ACTIONS_RUNNER_INPUT_JITCONFIG="${JIT_CONFIG:?}" \
    ACTIONS_RUNNER_HOOK_JOB_STARTED="${ROOT}/opt/ci-runner/job-started.sh" \
    ACTIONS_RUNNER_HOOK_JOB_COMPLETED="${ROOT}/opt/ci-runner/job-completed.sh" \
    ACTIONS_RUNNER_RETURN_VERSION_DEPRECATED_EXIT_CODE=1 RUNNER_MANUALLY_TRAP_SIG=1 \
    HOME="${ROOT}/home/runner" USER=runner LOGNAME=runner SHELL=/bin/bash LANG=C.UTF-8
  exec systemd-run --quiet --scope --unit=ci-runner-job --property=Delegate=yes --property=TasksMax=infinity \
    --property=TimeoutStopSec=60 -- "${AS_RUNNER[@]}" ./run.sh
}

# From the moment when a job may come, root reads no more of it: what it says then is the job's word.
note_online() {
  local line=''
  until [[ "${line}" == *'Listening for Jobs'* ]]; do read -r -n 1000 line || return 0; done
  : >"${RUN}/online"
  log 'runner.online'
  exec setpriv --reuid=65534 --regid=65534 --clear-groups cat >/dev/null
}

# watch_spot_notice RUNNER_PID: the market takes an instance back five minutes after the notice.
# It reports to nobody: the reaper sees it, too. An answer that is not a time is no notice.
watch_spot_notice() {
  local at=''
  set +e # A metadata service that is gone must not end the job.
  while [[ "${at}" != 20* ]]; do
    sleep 5
    at=$(ask_metadata instance/spot/termination-time)
  done
  log "spot.notice at=${at}"
  tell_job "::error::The spot market takes this instance back at ${at}; the job ends here."
  kill -s TERM -- "$1"
}

# ask_metadata PATH, hardened: a token first. On standard input, out of the argument list.
ask_metadata() {
  local token
  token=$(curl --fail --silent --noproxy '*' --max-time 3 --request PUT \
    --header 'X-aliyun-ecs-metadata-token-ttl-seconds: 60' "${METADATA}/api/token")
  curl --fail --silent --noproxy '*' --max-time 3 --header @- "${METADATA}/meta-data/$1" \
    <<<"X-aliyun-ecs-metadata-token: ${token}"
}

# tell_job LINE: as the job's own user, who can open what a step may have put there, and no more; and not for long:
# it may be a pipe that nobody reads.
tell_job() {
  local told
  told=$(declare -f write_to_steps)
  timeout --signal=KILL 5 "${AS_RUNNER[@]}" bash -c "${told}; write_to_steps \"\$1\"" tell_job "$1"
}

# write_to_steps LINE: into the standard output of each step that runs, which is the job's log.
write_to_steps() {
  local worker steps step
  worker=$(pgrep --full --oldest 'Runner[.]Worker')
  steps=$(pgrep --parent "${worker}")
  for step in ${steps}; do
    printf '%s\n' "$1" >>"/proc/${step}/fd/1"
  done
}

stop() {
  local status=$? lines line
  set +e
  if [[ "${status}" -ne 0 && -s "${RUN}/errors" ]]; then
    lines=$(tail --lines=5 "${RUN}/errors")
    while read -r line; do log "error ${line:0:200}"; done <<<"${lines}"
  fi
  log "stopping status=${status}"
  end_job
  if [[ -n "${SELF_DESTRUCT_ROLE:-}" ]]; then self_destruct; fi
  systemctl poweroff || systemctl --force poweroff || systemctl --force --force poweroff
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

# The trace of a boot: one line a step, on the serial console, too. Never a reason to fail.
log() {
  local now
  TZ=UTC printf -v now '%(%FT%TZ)T' -1
  printf '%s +%ss %s\n' "${now}" "${SECONDS}" "$*" |
    tee --append "${ROOT}/var/log/user-data.log" "${ROOT}/dev/console" >/dev/null 2>&1 || return 0
}

main "$@"
