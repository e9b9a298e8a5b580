#!/usr/bin/env bash
# The job on this instance: the runner, what it is given, who watches over it, how it is told to end. Stands above
# run.sh.
# shellcheck disable=SC2154,SC2310,SC2312 # install.sh and run.sh have the folders. Notes have no status.
set -euo pipefail

# The runner's own layout: OWNER_REPO/SHA.tar.gz
readonly ACTION_CACHE="${ROOT}/opt/actions-archives"
readonly METADATA=http://100.100.100.200/latest
# The runner gives a job that is told to end 45 s; then it hands in the log.
readonly GRACE_SECONDS=60
# An instance is gone five minutes after its notice: what a job needs to end well is kept of them.
readonly NOTICE_SECONDS=225 NOTICE_KEPT_SECONDS=75
readonly LOOK_SECONDS=5

# The runner exits by itself after one job: its configuration is good for one.
run_one_job() {
  local watcher notes lines usage='' status=0 at
  at=$(ask_metadata instance/spot/termination-time) || true
  if is_time "${at}"; then
    log "spot.notice at=${at}"
    return 1
  fi
  log 'runner.starting'
  RUNNER_PID='' GRACE_PID=''
  trap end_gracefully TERM
  # Before the runner: a job that is there at once says so in a pipe that is there.
  if [[ "${USAGE:?}" == true ]]; then start_usage; fi
  exec {lines}> >(note_online)
  notes=$!
  # Else the runner would start with SIGINT ignored, and could not be told to end.
  set -m
  start_runner >&"${lines}" 2>&1 &
  RUNNER_PID=$!
  set +m
  exec {lines}>&-
  watch_machine &
  watcher=$!
  # A signal ends a wait, too, with a status of its own: the runner's is told by the one after its end.
  while kill -0 "${RUNNER_PID}" 2>/dev/null; do wait "${RUNNER_PID}" || true; done
  wait "${RUNNER_PID}" || status=$?
  kill "${watcher}" ${usage:+"${usage}"} ${GRACE_PID:+"${GRACE_PID}"} 2>/dev/null || true
  if [[ ! -e "${RUN}/online" ]]; then wait "${notes}" || true; fi
  if [[ -n "${usage}" ]]; then wait "${usage}" || true; fi
  log "runner.ended status=${status}"
}

# In a scope of its own: whatever it starts, under whatever user, is ended with that. Delegated, because then the
# kernel's killing of one process for want of memory does not end them all. At a shutdown it waits for our unit, which
# tells the runner first.
# actions/runner reads ACTIONS_RUNNER_INPUT_* and takes them out of the environment of all it starts.
start_runner() {
  local -a environment=()
  local config
  cd "${RUNNER_HOME}"
  config=$(jit_config)
  read_image_environment
  export "${JOB_ENVIRONMENT[@]?}" ACTIONS_RUNNER_INPUT_JITCONFIG="${config:?}" \
    ACTIONS_RUNNER_HOOK_JOB_STARTED="${SHARED}/job-started.sh" \
    ACTIONS_RUNNER_RETURN_VERSION_DEPRECATED_EXIT_CODE=1 RUNNER_MANUALLY_TRAP_SIG=1 \
    HOME="${RUNNER_USER_HOME}" USER=runner LOGNAME=runner SHELL=/bin/bash LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    AGENT_TOOLSDIRECTORY="${TOOL_CACHE}" RUNNER_TOOL_CACHE="${TOOL_CACHE}" \
    ACTIONS_RUNNER_ACTION_ARCHIVE_CACHE="${ACTION_CACHE}"
  if [[ -n "${HOOK_COMPLETED}" || "${USAGE}" == true ]]; then export ACTIONS_RUNNER_HOOK_JOB_COMPLETED="${SHARED}/job-completed.sh"; fi
  exec systemd-run --quiet --scope --unit=ci-runner-job --property=Delegate=yes --property=TasksMax=infinity \
    --property=Before=ci-runner.service --property="TimeoutStopSec=${GRACE_SECONDS}" -- "${AS_RUNNER[@]}" \
    env --unset={INVOCATION_ID,JOURNAL_STREAM,SYSTEMD_EXEC_PID,MEMORY_PRESSURE_WATCH,MEMORY_PRESSURE_WRITE} \
    "${environment[@]}" ./run.sh
}

# From what the launcher has taken apart: each second text is a value to be encoded, and so is the whole.
jit_config() {
  local at config=''
  if [[ "${#JIT_PARTS[@]}" -eq 1 ]]; then
    printf '%s' "${JIT_PARTS[0]}"
    return
  fi
  for ((at = 0; at < ${#JIT_PARTS[@]}; at += 2)); do
    config+=${JIT_PARTS[at]}$(printf '%s' "${JIT_PARTS[at + 1]-}" | base64 --wrap=0)
  done
  printf '%s' "${config}" | base64 --wrap=0
}

# Into `environment`: what the image has for its users, in pam_env's syntax, and the PATH that it has for its runner.
# They are read, not run; what is the runner's own, by nobody who could read more.
read_image_environment() {
  local line name value path=${PATH} file="${ROOT}/etc/environment"
  if [[ -r "${file}" ]]; then
    while read -r line || [[ -n "${line}" ]]; do
      [[ "${line}" =~ ^(export +)?([A-Za-z_][A-Za-z_0-9]*)=(.*)$ ]] || continue
      name=${BASH_REMATCH[2]} value=${BASH_REMATCH[3]}
      if [[ "${value}" =~ ^\"(.*)\"$ || "${value}" =~ ^\'(.*)\'$ ]]; then value=${BASH_REMATCH[1]}; fi
      case "${name}" in
        PATH) path=${value} ;;
        # ours
        HOME | USER | LOGNAME | ACTIONS_RUNNER_*) ;;
        AGENT_TOOLSDIRECTORY) environment+=("${name}=${value}" "RUNNER_TOOL_CACHE=${value}") ;;
        *) environment+=("${name}=${value}") ;;
      esac
    done <"${file}"
  fi
  if [[ -r .path ]]; then path=$("${AS_RUNNER[@]}" cat .path); fi
  if [[ ":${path}:" != *":${RUNNER_USER_HOME}/.local/bin:"* ]]; then path="${RUNNER_USER_HOME}/.local/bin:${path}"; fi
  environment+=("PATH=${path}")
}

# Up to the moment when a job may come, what the runner says is its own word: why it did not get that far. After it,
# root reads no more of it: it is the job's.
note_online() {
  local line
  while read -r -n 1000 line; do
    if [[ "${line}" == *'Listening for Jobs'* ]]; then
      : >"${RUN}/online"
      log 'runner.online'
      if [[ -n "${DEBUG_SECONDS:-}" ]]; then note_failure; fi
      exec setpriv --reuid=65534 --regid=65534 --clear-groups cat >/dev/null
    fi
    printf '%s\n' "${line:0:200}" >>"${RUN}/runner-said"
  done
  [[ ! -s "${RUN}/runner-said" ]] || log_lines runner.said "${RUN}/runner-said"
}

# Ends the job when the market takes the instance back, and a runner that nobody gives a job to. It reports to nobody:
# the reaper sees both as well, where it is not away. An answer that is not a time is no notice.
watch_machine() {
  local at='' left='' idle=0 looks=0
  # A metadata service that is gone must not end the job.
  set +e
  while sleep "${LOOK_SECONDS}"; do
    if [[ -z "${left}" ]]; then
      at=$(ask_metadata instance/spot/termination-time)
      if is_time "${at}"; then
        left=$(seconds_kept "${at}")
        log "spot.notice at=${at} left=${left}s"
        tell_job "::warning::The spot market takes this instance back at ${at}; this job may run ${left} s more"
      fi
    fi
    if is_busy; then idle=0; else idle=$((idle + LOOK_SECONDS)); fi
    if [[ -n "${left}" && ("${idle}" -gt 0 || "${left}" -le 0) ]]; then
      end_because "The spot market takes this instance back at ${at}; the job ends here"
      return
    fi
    if [[ -n "${left}" ]]; then left=$((left - LOOK_SECONDS)); fi
    if [[ ! -e "${RUN}/online" ]] && ((++looks % 24 == 6)); then look_at_github & fi
    if [[ -e "${RUN}/online" && "${idle}" -ge "${IDLE_SECONDS:?}" ]]; then
      end_because "no job came for ${IDLE_SECONDS} s"
      return
    fi
  done
}

# A runner that does not come online hardly says why: the hosts of its registration, as curl reaches them.
look_at_github() {
  local hosts host because said="${RUN}/said.github"
  hosts=$(grep --only-matching --extended-regexp 'https?://[^/"]+' <<<"${JIT_PARTS[*]}")
  for host in ${hosts}; do
    because=reached
    curl --silent --show-error --head --max-time 10 "${host}" >/dev/null 2>"${said}" ||
      because=$(cause_at "${host#*//}" "${said}")
    log "github.tried host=${host#*//} because=${because}"
  done
}

# The worker is there from a job's first moment to its last. Where it cannot be looked for, a job is taken to run.
is_busy() { ! has pgrep || pgrep --full 'Runner[.]Worker' >/dev/null; }

is_time() { [[ "$1" =~ ^20[0-9-]+T[0-9:]+Z$ ]]; }

# seconds_kept TIME: how long a job may go on, at most what there is for all, should the clock be wrong.
seconds_kept() {
  local at now
  now=$(date +%s)
  at=$(date --date="$1" +%s)
  at=$((at - now - NOTICE_KEPT_SECONDS))
  printf '%s' "$((at < NOTICE_SECONDS ? at : NOTICE_SECONDS))"
}

# end_because SENTENCE, in the job's log: as a shutdown would.
end_because() {
  printf '%s\n' "$1" >"${RUN}/why"
  kill -s TERM "$$"
}

# Whoever ends this machine in an orderly way comes here: systemd at its shutdown, the lifetime with it, or
# end_because. The job's log says why before the runner is told; a runner that does not end is ended.
end_gracefully() {
  local why='This machine is powered off from outside, by StopInstance, DeleteInstance or poweroff'
  trap : TERM
  if [[ -s "${RUN}/why" ]]; then why=$(<"${RUN}/why"); fi
  log "runner.told_to_end because=${why}"
  if [[ -z "${RUNNER_PID}" ]]; then exit 1; fi
  tell_job "::error::${why}" || true
  kill -s TERM -- "${RUNNER_PID}" || true
  { sleep "${GRACE_SECONDS}" && systemctl kill --signal=KILL ci-runner-job.scope; } &
  GRACE_PID=$!
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
