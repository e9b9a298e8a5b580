/** A job whose load is known, for a machine that has a kernel of its own: nobody else's work is in its counters. */
import { expect } from 'vitest';
import type { Usage } from '../../../shared/ledger/history-row.ts';

const HELD_MIB = 400;
const WRITTEN_MIB = 300;
export const FETCHED_MIB = 40;
/** One core for so long: a minute of the chart lies in it, wherever that begins. */
const BUSY_SECONDS = 130;

/**
 * By stress-ng: memory that is held, one core that is busy, beside bytes that are written and fetched. What all programs of the
 * machine had of the processor is told by the scheduler's own account of their control groups, and what the load holds by its
 * pages; the chart reads neither.
 */
export const knownLoad = (url: string): string => `
account() {
  local each name value sum=0
  for each in /sys/fs/cgroup/*/cpu.stat; do
    while read -r name value; do [[ $name != usage_usec ]] || sum=$((sum + value)); done <$each
  done
  printf '%d' $((sum / 1000))
}
uptime_ms() { read -r up _ </proc/uptime && printf '%d' "$((10#\${up/./} * 10))"; }
used_mib() { awk '/^MemTotal/ { all = $2 } /^MemAvailable/ { print int((all - $2) / 1024) }' /proc/meminfo; }
cd /var/tmp
at0=$(uptime_ms) cpu0=$(account) memory0=$(used_mib)
while :; do echo "$(uptime_ms) $(account)"; sleep 5; done >looks &
looking=$!
dd if=/dev/zero of=known bs=1M count=${WRITTEN_MIB} conv=fsync status=none
curl --fail --silent --show-error --output /dev/null '${url}'
stress-ng --quiet --vm 1 --vm-bytes ${HELD_MIB}M --vm-keep --vm-method write64 --vm-hang 0 --timeout ${BUSY_SECONDS + 20} &
stress-ng --cpu 1 --cpu-method int64 --timeout ${BUSY_SECONDS} --metrics-brief &
sleep 60
held=$(sudo cat $(pgrep stress-ng | sed 's|.*|/proc/&/smaps_rollup|') | awk '/^Pss:/ { sum += $2 } END { print int(sum / 1024) }')
wait $!
kill $looking; pkill stress-ng; wait
most() {
  awk -v window=$1 '{ t[NR] = $1; c[NR] = $2 } END { for (i = 1; i <= NR; i++) {
    while (j <= NR && t[j] < t[i] + window) j++
    if (j > NR) break
    at = c[j - 1] + (c[j] - c[j - 1]) * (t[i] + window - t[j - 1]) / (t[j] - t[j - 1])
    if (at - c[i] > most) most = at - c[i] }; printf "%d", most * 1000 / window }' looks
}
peak=$(most 60000) short_peak=$(most 30000)
at3=$(uptime_ms) cpu3=$(account)
echo "counted ms=$((at3 - at0)) cpu_ms=$((cpu3 - cpu0)) peak=$peak short_peak=$short_peak memory_mib=$((memory0 + held)) held_mib=$held"
`;

const COUNTED = /counted ms=(\d+) cpu_ms=(\d+) peak=(\d+) short_peak=(\d+) memory_mib=(\d+) held_mib=(\d+)/;
/** User and system time of its one busy process, after its operations and its seconds. */
const STRESS = /metrc: \[\d+\] cpu +\d+ +[\d.]+ +([\d.]+) +([\d.]+) /;

/** What is known, in the chart's units. */
export function knownOf(log: string) {
  const [, ms, cpuMs, peak, shortPeak, memoryMiB, heldMiB] = (COUNTED.exec(log) ?? []).map(Number);
  const [, user, system] = (STRESS.exec(log) ?? []).map(Number);
  return {
    seconds: (ms as number) / 1000,
    coreSeconds: (cpuMs as number) / 1000,
    stressSeconds: (user as number) + (system as number),
    /** In any minute, and in any half of one: the chart's last column may be that short. */
    coresPeak: (peak as number) / 1000,
    coresShortPeak: (shortPeak as number) / 1000,
    memoryGiB: (memoryMiB as number) / 1024,
    heldMiB: heldMiB as number,
    diskMiB: WRITTEN_MIB,
    networkMiB: FETCHED_MIB,
  };
}

/** Within ten per cent. The chart's time begins before the count's and ends after it, and a slow machine is as busy there: means. */
export function expectMeasured(usage: Usage, known: ReturnType<typeof knownOf>): void {
  const coreSeconds = usage.coresMean * usage.seconds;
  const peak = Math.max(known.coresPeak, Math.min(known.coresShortPeak, usage.coresPeak));
  const off = {
    seconds: usage.seconds / known.seconds,
    coresMean: usage.coresMean / (known.coreSeconds / known.seconds),
    coresPeak: usage.coresPeak / peak,
    memory: usage.memoryPeakGiB / known.memoryGiB,
    disk: usage.diskMiB / known.diskMiB,
    network: usage.networkMiB / known.networkMiB,
  };
  for (const [figure, ratio] of Object.entries(off))
    expect(Math.abs(ratio - 1), `${figure}: ${ratio.toFixed(3)} of what is known`).toBeLessThan(0.1);
  // And that is what stress-ng itself was asked for.
  expect(coreSeconds).toBeGreaterThan(0.9 * known.stressSeconds);
  expect(known.stressSeconds).toBeGreaterThan(0.5 * BUSY_SECONDS);
  expect(known.heldMiB).toBeGreaterThan(HELD_MIB);
}
