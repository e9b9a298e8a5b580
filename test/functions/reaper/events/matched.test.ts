/** Whom a sweep has given a runner, or still launches for, is known to what the same sweep does next. */
import { expect, test } from 'vitest';
import { sweep } from '../../../../functions/reaper/sweep.ts';
import type { JobId, Registration } from '../../../../shared/nouns.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { completeList, openReaper, QUIET } from '../fixture.ts';
import { ago, inRun, MINUTE_MS, runner, waits } from '../held-entries.ts';

const LABELS = ['self-hosted', 'aliyun', 'arm64'];

function registeredAs(name: string): Registration {
  return { id: 9, name, isOnline: true, isBusy: false, labels: LABELS };
}

test('a held job whose place came free takes the idle runner that waits for nobody, and no machine of its own', async () => {
  const free = runner(9, 1, { for: null, labels: LABELS, runnerId: 9 });
  const each = openReaper({
    ...QUIET,
    github: { ...QUIET.github, registrations: async () => completeList(registeredAs(free.name)) },
  });
  const { ledger } = each.world;
  const held = waits(3, { held: { by: 'run', width: 1, sinceMs: ago(5) }, holds: 1 });
  await ledger.jobs.add(held.job.id, { ...held, job: { ...held.job, labels: LABELS } });
  await ledger.runners.add(free.name, free);
  await sweep(each.world);
  expect((await ledger.runners.read(free.name))?.entry.for).toBe(3);
  expect(each.launched).toEqual([]);
  expect((await ledger.jobs.read(held.job.id))?.entry.held).not.toBeNull();
});

test.each([
  ['of the first of a matrix', { by: 'matrix', width: 2, isFirst: true }, 1],
  ['of those that run beside each other', { by: 'run', width: 2 }, 2],
] as const)(
  'one %s that GitHub calls busy, and whose start nobody has told, frees no place',
  async (_, hold, busy) => {
    const names = [1, 2].map((id) => runner(id, 1, { labels: LABELS, runnerId: id }));
    const listed = names.map(({ name }, at) => ({ ...registeredAs(name), id: at + 1, isBusy: at < busy }));
    const each = openReaper({
      ...QUIET,
      github: { ...QUIET.github, registrations: async () => completeList(...listed) },
    });
    const { ledger } = each.world;
    for (const entry of names) await ledger.runners.add(entry.name, entry);
    const jobs = [1, 2].map((id) => waits(id));
    const rest = [3, 4, 5].map((id) => waits(id, { held: { ...hold, sinceMs: ago(1) }, holds: 1 }));
    for (const { job, ...entry } of [...jobs, ...rest])
      await ledger.jobs.add(job.id, { ...entry, job: { ...job, labels: LABELS, name: `test (${job.id})` } });
    await sweep(each.world);
    expect(each.launched).toEqual([]);
  },
);

test('a job whose repository is seen no more keeps its entry until the launch for it that is under way is over', async () => {
  const each = openReaper({
    ...QUIET,
    github: { ...QUIET.github, liveRuns: async () => null, registration: async () => null },
  });
  const { ledger } = each.world;
  const job = inRun(3, 1, { nextTryAtMs: START_MS + 60 * MINUTE_MS });
  const launching = build.runnerEntry('3-1', {
    ...{ state: 'launching', for: 3 as JobId, createdAtMs: START_MS, stateAtMs: START_MS },
    leaseUntilMs: START_MS + 3 * MINUTE_MS,
  });
  await ledger.jobs.add(job.job.id, job);
  await ledger.runners.add(launching.name, launching);
  await sweep(each.world);
  expect(await ledger.jobs.read(job.job.id)).not.toBeNull();
  const held = await ledger.runners.read(launching.name);
  if (held !== null) await ledger.runners.remove(launching.name, held);
  await each.pass(MINUTE_MS);
  await sweep(each.world);
  expect(await ledger.jobs.read(job.job.id)).toBeNull();
});
