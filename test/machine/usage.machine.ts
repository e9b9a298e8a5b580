/** What a job used of its machine, under a load that is known: between what was counted in the midst of it, and all around it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { usageIn } from '../../shared/runner/usage.ts';
import { bootOne, giveJob } from './boot-one.ts';
import { type Cloud, openCloud } from './cloud.ts';

const SECONDS = 20;
const WRITTEN_MIB = 300;

/** Hundredths of a core's second, and sectors. */
const COUNT = `count() {
  read -r _ a b c _ _ f g _ </proc/stat
  busy=$((a + b + c + f + g)) disk=0
  while read -r _ _ name _ _ r _ _ _ w _; do
    case $name in *[0-9]) ;; [vs]d* | xvd*) disk=$((disk + r + w)) ;; esac
  done </proc/diskstats
}`;

/** A core that is kept busy, and a file that is written to the disk; `loop` is what that loop had of the processor. */
const JOB = `
${COUNT}
echo working
count; busy0=$busy disk0=$disk
dd if=/dev/zero of=/var/tmp/known bs=1M count=${WRITTEN_MIB} conv=fsync status=none
bash -c 'end=$((SECONDS + ${SECONDS})); while ((SECONDS < end)); do :; done; times' | sed -n '1s/^/loop /p'
count
echo "counted busy=$((busy - busy0)) disk=$((disk - disk0))"
`;

/** A container sees the whole host's counters: what is counted out here, for longer, has the load of others in it as well. */
async function counted() {
  const { stdout } = await promisify(execFile)('bash', ['-c', `${COUNT}\ncount; echo "$busy $disk"`]);
  const [busy, disk] = stdout.split(' ').map(Number) as [number, number];
  return { busy, disk };
}

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

test('the figures lie between what the job counted and what was counted around it, cost less than a hundredth of a core, and end its log', async () => {
  const one = await bootOne(cloud, { usage: true });
  const before = await counted();
  giveJob(cloud, one);
  await cloud.until('the work', () => one.log().includes('working'), 90_000, one.story);
  const atMs = Date.now() + LOOKED_AT_SECONDS * 1000;
  await cloud.until('some time', () => Date.now() >= atMs, 60_000);
  const cost = await one.machine.shell(COST);
  expect(cost).toMatch(/^\d+\n$/);
  const costUs = Number(cost);
  await cloud.until('the end of the work', () => one.log().includes('counted '), 120_000, one.story);
  await cloud.until('the chart', () => one.log().includes('cores used'), 10_000, one.story);
  const after = await counted();
  await one.stops(60_000);
  const [usage, log] = [usageIn(one.trace()), one.log()];
  if (usage === null) throw new Error(one.story());
  const [, busy, disk] = /counted busy=(\d+) disk=(\d+)/.exec(log) ?? [];
  const told = { coreSeconds: usage.coresMean * usage.seconds, diskMiB: usage.diskMiB };
  const within = { coreSeconds: Number(busy) / 100, diskMiB: Number(disk) / 2_048 };
  const around = {
    coreSeconds: (after.busy - before.busy) / 100,
    diskMiB: (after.disk - before.disk) / 2_048,
  };
  if (process.env.FIGURES)
    process.stdout.write(`${JSON.stringify({ usage, told, within, around, costUs })}\n${log}\n`);
  // A hundredth of a core; and it was seen to work at all.
  expect(costUs).toBeLessThan(LOOKED_AT_SECONDS * 10_000);
  expect(costUs).toBeGreaterThan(100);
  for (const figure of ['coreSeconds', 'diskMiB'] as const) {
    expect(told[figure], figure).toBeGreaterThan(0.9 * within[figure]);
    expect(told[figure], figure).toBeLessThan(1.1 * around[figure]);
  }
  expect(usage.coresPeak).toBeGreaterThanOrEqual(usage.coresMean);
  expect(usage.diskMiB).toBeGreaterThanOrEqual(WRITTEN_MIB * 0.9);
  const [, minutes = '0', seconds = '0'] = /loop (\d+)m([\d.]+)s/.exec(log) ?? [];
  expect(told.coreSeconds).toBeGreaterThan(0.9 * (Number(minutes) * 60 + Number(seconds)));
  expect(log).toMatch(/What this job used[\s\S]*CPU +█?[▁-█][\s\S]*cores used/);
});
