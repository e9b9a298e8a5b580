/** What a job used of its machine, under a load that is known, beside what the job itself counted of it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { usageIn } from '../../shared/runner/usage.ts';
import { bootOne, giveJob } from './boot-one.ts';
import { type Cloud, openCloud } from './cloud.ts';

const SECONDS = 20;
const WRITTEN_MIB = 300;

/**
 * A core that is kept busy, and a file that is written to the disk. A container sees the whole host's counters, so that
 * the load of others is in both figures; `loop` is what this job's own loop had of the processor.
 */
const JOB = `
count() {
  read -r _ a b c d e f g h _ </proc/stat
  busy=$((a + b + c + f + g)) ticks=$((a + b + c + d + e + f + g + h)) disk=0
  while read -r _ _ name _ _ r _ _ _ w _; do
    case $name in *[0-9]) ;; [vs]d* | xvd*) disk=$((disk + r + w)) ;; esac
  done </proc/diskstats
}
echo working
count; busy0=$busy ticks0=$ticks disk0=$disk
dd if=/dev/zero of=/var/tmp/known bs=1M count=${WRITTEN_MIB} conv=fsync status=none
bash -c 'end=$((SECONDS + ${SECONDS})); while ((SECONDS < end)); do :; done; times' | sed -n '1s/^/loop /p'
count
cores=$(grep -c '^cpu[0-9]' /proc/stat)
echo "counted cpu_mean=$(((busy - busy0) * cores * 100 / (ticks - ticks0))) disk_mib=$(((disk - disk0) / 2048))"
`;

/** What the one process that holds the pipe has had of the processor by then, with all that it started: in microseconds. */
const LOOKED_AT_SECONDS = 17;
const COST = `for each in $(pgrep --full 'run[.]sh run'); do
  if ls -l /proc/$each/fd | grep --quiet usage-pipe; then
    read -r own _ </proc/$each/schedstat
    read -r _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ child childsystem _ </proc/$each/stat
    echo $((own / 1000 + (child + childsystem) * 10000))
  fi
done`;

let cloud: Cloud;
beforeAll(async () => {
  cloud = await openCloud(() => JOB);
});
afterAll(() => cloud.close());

test('the figures are within ten per cent of what the job counted, cost less than a hundredth of a core, and end its log', async () => {
  const one = await bootOne(cloud, { usage: true });
  giveJob(cloud, one);
  await cloud.until('the work', () => one.log().includes('working'), 90_000, one.story);
  const atMs = Date.now() + LOOKED_AT_SECONDS * 1000;
  await cloud.until('some time', () => Date.now() >= atMs, 60_000);
  const cost = await one.machine.shell(COST);
  expect(cost).toMatch(/^\d+\n$/);
  const costUs = Number(cost);
  await cloud.until('the end of the work', () => one.log().includes('counted '), 120_000, one.story);
  await cloud.until('the chart', () => one.log().includes('cores used'), 10_000, one.story);
  await one.stops(60_000);
  const [usage, log] = [usageIn(one.trace()), one.log()];
  if (usage === null) throw new Error(one.story());
  const figure = (pattern: RegExp) => Number(pattern.exec(log)?.[1]);
  const [cpuMean, diskMiB] = [figure(/counted cpu_mean=(\d+)/) / 100, figure(/disk_mib=(\d+)/)];
  if (process.env.FIGURES)
    process.stdout.write(`${JSON.stringify({ usage, cpuMean, diskMiB, costUs })}\n${log}\n`);
  // A hundredth of a core; and it was seen to work at all.
  expect(costUs).toBeLessThan(LOOKED_AT_SECONDS * 10_000);
  expect(costUs).toBeGreaterThan(100);
  expect(Math.abs(usage.coresMean / cpuMean - 1)).toBeLessThan(0.1);
  expect(usage.coresPeak).toBeGreaterThanOrEqual(usage.coresMean);
  expect(usage.diskMiB).toBeGreaterThanOrEqual(WRITTEN_MIB * 0.9);
  expect(Math.abs(usage.diskMiB / diskMiB - 1)).toBeLessThan(0.1);
  const [, minutes = '0', seconds = '0'] = /loop (\d+)m([\d.]+)s/.exec(log) ?? [];
  expect(usage.coresMean * usage.seconds).toBeGreaterThan(0.9 * (Number(minutes) * 60 + Number(seconds)));
  expect(log).toMatch(/What this job used[\s\S]*CPU +█?[▁-█][\s\S]*cores used/);
});
