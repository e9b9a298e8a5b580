#!/usr/bin/env bash
# Whose job may run on this machine: GitHub gives a runner any job that its labels cover. The runner's started hook
# asks it before the first step, as user runner, and what cannot be told is a no. Stands above boot.sh.
set -euo pipefail

# What its file has of the launcher's.
# shellcheck disable=SC2034 # boot.sh writes them down.
readonly HOOK_VALUES=(SHARED MACHINE QUEUED_AT LAUNCHED_AT JOB_ENVIRONMENT ADMITTED PUBLIC FORKS)

# In the job's own log. Its file has the values in front, and for how long this boot had been going when it was written.
job_started() {
  local now before=${UP:?}
  OBJECTION='whether it may run here cannot be told'
  trap turn_away EXIT
  judge
  if [[ -n "${OBJECTION}" ]]; then exit 1; fi
  await_machine
  trap - EXIT
  printf -v now '%(%s)T' -1
  look_up
  printf '%s\n' "${MACHINE:?}"
  if [[ -e "${SHARED:?}/mirrors" ]]; then printf 'Mirrors, where this job names no others:%s\n' "$(<"${SHARED}/mirrors")"; fi
  # Not when the job was queued: a machine that waited, or is another job's, would call it late.
  printf 'This machine was asked for %d s ago: %d s to the launch, %d s to the boot, %d s to the runner, %d s to the job\n' \
    "$((now - ${QUEUED_AT:?}))" "$((${LAUNCHED_AT:?} - QUEUED_AT))" "$((now - UP - LAUNCHED_AT))" "${before}" "$((UP - before))"
  # A container's steps inherit nothing from the runner's own environment.
  printf '%s\n' "${JOB_ENVIRONMENT[@]?}" >>"${GITHUB_ENV:-/dev/null}"
  if [[ -p "${SHARED:?}/usage-pipe" ]]; then printf b 3<>"${SHARED}/usage-pipe" >&3; fi
}

# What was still on its way when the runner came online: docker, say, or what the image has in store for cloud-init's end,
# which is waited for for three minutes. What failed ends the runner by itself.
await_machine() {
  local looks
  OBJECTION='it was not ready in four minutes'
  for ((looks = 0; looks < 1200; looks++)); do
    if [[ -e "${SHARED:?}/ready" ]]; then
      if [[ -e "${SHARED}/missing" ]]; then
        printf '::warning::This machine lacks what could not be installed: %s\n' "$(<"${SHARED}/missing")"
      fi
      return 0
    fi
    sleep 0.2
  done
  exit 1
}

# The runner ends, not this hook alone: a step with `if: always()` runs after a hook that failed, and none runs after
# a shutdown (actions/runner, StepsRunner.cs). A worker that does not hear of it is killed.
turn_away() {
  set +e
  printf '::error::This job may not run on this machine: %s. The machine is stopped.\n' "${OBJECTION}"
  pkill --signal INT --full 'Runner[.]Listener'
  sleep 30
  kill -s KILL -- "${PPID}"
}

# Leaves no objection when the job may run. Names have no case at GitHub: the lists are in lower case.
judge() {
  local repository=${GITHUB_REPOSITORY:-} list pattern is_listed
  repository=${repository,,}
  for list in "${ADMITTED[@]?}"; do
    is_listed=false
    set -f
    for pattern in ${list}; do
      # shellcheck disable=SC2053 # A pattern: all repositories of an owner.
      if [[ "${repository}" == ${pattern} ]]; then is_listed=true; fi
    done
    set +f
    if [[ "${is_listed}" == false ]]; then
      OBJECTION="it is of ${repository:-no repository}, and the machine is kept for others"
      return 0
    fi
  done
  judge_event "${repository}"
}

# judge_event REPOSITORY. The event of a schedule does not always say whose it is; what it runs is the default branch.
# An event keeps the name that its repository had when the run was made; the id stays. Before GHES 3.8 there is none.
judge_event() {
  local name=${GITHUB_EVENT_NAME:-} owner='' owner_id='' is_private='' is_pull=false head='' head_id='' is_own=false
  if [[ -r "${GITHUB_EVENT_PATH:-}" ]]; then read_event; fi
  if [[ "${name}" == pull_request* ]]; then is_pull=true; fi
  if [[ "${owner}" == "$1" || -n "${owner_id}" && "${owner_id}" == "${GITHUB_REPOSITORY_ID:-}" ]]; then is_own=true; fi
  if [[ "${is_own}" == false && "${name}${owner}${is_pull}" != schedulefalse ]]; then
    OBJECTION='its event does not say that it is of its repository'
  elif [[ "${PUBLIC:?}" == refuse && "${is_private}" != true && "${name}${is_private}" != schedule ]]; then
    OBJECTION='its repository is public, and repositories.public says refuse'
  elif [[ "${FORKS:?}" == refuse && "${is_pull}" == true && "${head_id:-${head}}" != "${owner_id:-${owner}}" ]]; then
    OBJECTION='its code comes from a fork, and repositories.forks says refuse'
  else
    OBJECTION=''
  fi
}

# What the event's JSON says of owner, is_private, is_pull and head. By its tokens, because no image needs to have a
# reader of JSON, and a search for words would find those that an author has put into a title.
read_event() {
  local tokens token last='' depth=0 path
  local -a keys=('')
  tokens=$(LC_ALL=C grep --text --only-matching --extended-regexp \
    '"([^"\\]|\\.)*"|[][{}:,]|[^][{}:,"[:space:]]+' "${GITHUB_EVENT_PATH}")
  while read -r token; do
    case "${token}" in
      '{' | '[') depth=$((depth + 1)) && keys[depth]='' ;;
      '}' | ']') depth=$((depth - 1)) ;;
      :) keys[depth]=${last} ;;
      ,) keys[depth]='' ;;
      *)
        last=${token}
        printf -v path '%s' "${keys[@]:1:depth}"
        token=${token//\"/}
        case "${path}" in
          '"repository""full_name"') owner=${token,,} ;;
          '"repository""id"') owner_id=${token} ;;
          '"repository""private"') is_private=${token} ;;
          '"pull_request""head""repo""full_name"') head=${token,,} ;;
          '"pull_request""head""repo""id"') head_id=${token} ;;
          '"pull_request"'*) is_pull=true ;;
          *) ;;
        esac
        ;;
    esac
  done <<<"${tokens}"
}
