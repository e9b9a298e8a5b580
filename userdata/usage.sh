#!/usr/bin/env bash
# What a job uses of its machine, from /proc: a look each few seconds, a column for each minute, and at the end a chart in
# the job's log and one line in the trace. By builtins alone: a look is far from a millisecond. Stands above job.sh
# where `defaults.usage` is on.
# shellcheck disable=SC2034,SC2154,SC2312 # install.sh has the folders, the launcher the sizes, job.sh waits for `usage`.
set -euo pipefail

readonly CHART_COLUMNS_MAX=60

# Into `usage`: its process. The hooks, which are not root, say in the pipe when the job begins and ends; what else a job
# writes there spoils its own figures.
start_usage() {
  rm --force "${SHARED}"/usage{,.new,-pipe}
  mkfifo --mode=666 "${SHARED}/usage-pipe"
  measure_usage &
  usage=$!
}

# From the job's begin to its end, or to that of the runner. One character at a time: no line is too long for it.
measure_usage() {
  local pipe word='' status looks=0
  set +e
  trap exit TERM
  exec {pipe}<>"${SHARED}/usage-pipe"
  until [[ "${word}" == b ]]; do read -r -N 1 -u "${pipe}" word || return; done
  begin_usage
  trap 'tell_usage; exit' TERM
  until [[ "${word}" == e ]]; do
    status=0 word=''
    read -r -N 1 -t "${LOOK_SECONDS:?}" -u "${pipe}" word || status=$?
    # A time-out alone says more than 128: without a pipe there is nothing to wait for.
    if [[ "${status}" -ne 0 && "${status}" -le 128 ]]; then return; fi
    look_at_memory
    # What a job writes there ends no minute.
    if [[ "${status}" -ne 0 && $((++looks * LOOK_SECONDS)) -ge 60 ]]; then
      looks=0
      end_minute
    fi
  done
  trap '' TERM
  tell_usage
}

begin_usage() {
  MINUTES_CPU=() MINUTES_MEMORY=() MINUTES_DISK=() MINUTES_NETWORK=()
  MINUTE_MEMORY=0
  read_counters
  FIRST_BUSY=${BUSY} FIRST_TICKS=${TICKS} FIRST_DISK=${DISK} FIRST_NETWORK=${NETWORK} FIRST_KILLED=${KILLED}
  LAST_BUSY=${BUSY} LAST_TICKS=${TICKS} LAST_DISK=${DISK} LAST_NETWORK=${NETWORK}
  look_at_memory
  # The chart's: from here on there will be one.
  : >"${SHARED}/usage.new"
}

# The most of this minute, in MiB.
look_at_memory() {
  local name value total=0
  while read -r name value _; do
    case "${name}" in
      MemTotal:) total=${value} ;;
      MemAvailable:)
        value=$(((total - value) / 1024))
        if [[ "${value}" -gt "${MINUTE_MEMORY}" ]]; then MINUTE_MEMORY=${value}; fi
        break
        ;;
      *) ;;
    esac
  done <"${ROOT}/proc/meminfo"
}

# Into BUSY and TICKS (hundredths of a core's second), CORES_SEEN, DISK and NETWORK (KiB), KILLED (for want of memory).
# Busy is what was not idle, and not another machine's. The kernel knows idle time by its clock, busy time by ticks, which
# come late, or never, to a core that has to wait for the host's.
# Only what is a disk and a way out: a partition, a bridge or a container's cable would be counted twice.
read_counters() {
  local name a b d e h
  CORES_SEEN=0 DISK=0 NETWORK=0 KILLED=0
  while read -r name _ _ _ d e _ _ h _; do
    case "${name}" in
      cpu) BUSY=$((-d - e - h)) ;;
      cpu*) CORES_SEEN=$((CORES_SEEN + 1)) ;;
      *) break ;;
    esac
  done <"${ROOT}/proc/stat"
  IFS=' .' read -r a b _ <"${ROOT}/proc/uptime"
  TICKS=$(((a * 100 + 10#${b}) * CORES_SEEN))
  BUSY=$((BUSY + TICKS))
  while read -r _ _ name _ _ a _ _ _ b _; do
    if [[ "${name}" =~ ^((xv|v|s)d[a-z]+|nvme[0-9]+n[0-9]+)$ ]]; then DISK=$((DISK + (a + b) / 2)); fi
  done <"${ROOT}/proc/diskstats"
  while IFS=': ' read -r name a _ _ _ _ _ _ _ b _; do
    case "${name}" in
      Inter-* | face* | lo | docker* | br-* | veth*) ;;
      *) NETWORK=$((NETWORK + (a + b) / 1024)) ;;
    esac
  done <"${ROOT}/proc/net/dev"
  while read -r name a; do
    if [[ "${name}" == oom_kill ]]; then KILLED=${a}; fi
  done <"${ROOT}/proc/vmstat"
}

# Hundredths of cores, MiB, and KiB a second.
end_minute() {
  local ticks
  read_counters
  ticks=$((TICKS - LAST_TICKS))
  if [[ "${ticks}" -le 0 ]]; then return 0; fi
  MINUTES_CPU+=("$(((BUSY - LAST_BUSY) * CORES_SEEN * 100 / ticks))")
  MINUTES_MEMORY+=("${MINUTE_MEMORY}")
  MINUTES_DISK+=("$(((DISK - LAST_DISK) * CORES_SEEN * 100 / ticks))")
  MINUTES_NETWORK+=("$(((NETWORK - LAST_NETWORK) * CORES_SEEN * 100 / ticks))")
  LAST_BUSY=${BUSY} LAST_TICKS=${TICKS} LAST_DISK=${DISK} LAST_NETWORK=${NETWORK}
  MINUTE_MEMORY=0
}

# The trace first: who reads the console at the job's end finds it there.
tell_usage() {
  local ticks mean cpu memory disk network killed seconds
  look_at_memory
  # The seconds at the end are no minute: their peak would be told as one's.
  read_counters
  if [[ "${#MINUTES_CPU[@]}" -eq 0 || $((TICKS - LAST_TICKS)) -ge $((CORES_SEEN * 3000)) ]]; then
    end_minute
  else
    MINUTES_MEMORY[-1]=$(most "${MINUTES_MEMORY[-1]}" "${MINUTE_MEMORY}")
  fi
  ticks=$((TICKS - FIRST_TICKS))
  if [[ "${ticks}" -le 0 ]]; then return 0; fi
  seconds=$((ticks / CORES_SEEN / 100)) mean=$(((BUSY - FIRST_BUSY) * CORES_SEEN * 100 / ticks))
  killed=$((KILLED - FIRST_KILLED))
  cpu=$(most "${MINUTES_CPU[@]}") memory=$(most "${MINUTES_MEMORY[@]}")
  disk=$(most "${MINUTES_DISK[@]}") network=$(most "${MINUTES_NETWORK[@]}")
  log "usage.measured cores=${CORES:?} memory_gib=${MEMORY_GIB:?} seconds=${seconds} cpu_mean=${mean} cpu_peak=${cpu}" \
    "memory_peak_mib=${memory} oom_killed=${killed} disk_mib=$(((DISK - FIRST_DISK) / 1024))" \
    "network_mib=$(((NETWORK - FIRST_NETWORK) / 1024))"
  chart_usage >"${SHARED}/usage.new"
  mv "${SHARED}/usage.new" "${SHARED}/usage"
}

chart_usage() {
  local count=${#MINUTES_CPU[@]} width
  width=$(((count + CHART_COLUMNS_MAX - 1) / CHART_COLUMNS_MAX))
  printf 'What this job used of its machine in %d s, a column for each %d min:\n' "${seconds}" "${width}"
  printf '  CPU     %s  at most %s of %d cores in a minute, %s on average\n' \
    "$(bars $((CORES * 100)) "${MINUTES_CPU[@]}")" "$(tenths "${cpu}")" "${CORES}" "$(tenths "${mean}")"
  printf '  memory  %s  at most %s of %d GiB\n' "$(bars $((MEMORY_GIB * 1024)) "${MINUTES_MEMORY[@]}")" \
    "$(tenths $((memory * 100 / 1024)))" "${MEMORY_GIB}"
  printf '  disk    %s  at most %s MiB a second in a minute\n' "$(bars "${disk}" "${MINUTES_DISK[@]}")" \
    "$(tenths $((disk * 100 / 1024)))"
  printf '  network %s  at most %s MiB a second in a minute\n' "$(bars "${network}" "${MINUTES_NETWORK[@]}")" \
    "$(tenths $((network * 100 / 1024)))"
  advise_size
}

# bars MOST VALUE...: one for each column, which is the highest of its minutes.
bars() {
  local top=$1 at each height highest
  shift
  for ((at = 1; at <= $#; at += width)); do
    highest=0
    for each in "${@:at:width}"; do if [[ "${each}" -gt "${highest}" ]]; then highest=${each}; fi; done
    height=$((top > 0 ? highest * 7 / top + 1 : 1))
    # ▁ to █, in UTF-8
    printf '%b' "\xe2\x96\x8$((height < 8 ? height : 8))"
  done
}

# tenths HUNDREDTHS, rounded.
tenths() { printf '%d.%d' "$((($1 + 5) / 100))" "$((($1 + 5) % 100 / 10))"; }

most() {
  local each highest=0
  for each; do if [[ "${each}" -gt "${highest}" ]]; then highest=${each}; fi; done
  printf '%d' "${highest}"
}

# The size that the busiest minute would have left a fifth of (shared/runner/usage.ts, in the same words).
advise_size() {
  local cores=2 gib label share
  if [[ "${killed}" -gt 0 || $((memory * 10)) -ge $((MEMORY_GIB * 1024 * 9)) ]]; then
    printf "Short of memory (%d processes were ended for want of it): \`%dgb\` would do\n" "${killed}" "$((MEMORY_GIB * 2))"
    return 0
  fi
  while [[ $((cores * 400)) -lt $((cpu * 5)) ]]; do cores=$((cores * 2)); done
  gib=${cores} label="\`${cores}cpu\`"
  while [[ $((gib * 4096)) -lt $((memory * 5)) ]]; do gib=$((gib * 2)); done
  if [[ "${gib}" -gt "${cores}" ]]; then label+=", \`${gib}gb\`"; fi
  share=$((cores * 100 / CORES))
  if [[ $((gib * 100 / MEMORY_GIB)) -gt "${share}" ]]; then share=$((gib * 100 / MEMORY_GIB)); fi
  if [[ "${share}" -ge 100 ]]; then
    printf '%s of %d cores used: the size fits\n' "$(tenths "${cpu}")" "${CORES}"
  else
    printf '%s of %d cores used: %s would do, and save about %d %%\n' "$(tenths "${cpu}")" "${CORES}" "${label}" "$((100 - share))"
  fi
}

# The completed hook, as user runner. It waits for no more than three seconds, and never fails.
show_usage() {
  local looks
  if [[ ! -p "${SHARED}/usage-pipe" ]]; then return 0; fi
  printf e 3<>"${SHARED}/usage-pipe" >&3
  for ((looks = 0; looks < 30; looks++)); do
    if [[ -e "${SHARED}/usage" ]]; then
      printf '%s\n' "$(<"${SHARED}/usage")"
      return 0
    fi
    sleep 0.1
  done
}
