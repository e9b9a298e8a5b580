/** Machines that stay Pending, and cannot be deleted: their repository's jobs go on, and so do all others'. */
import { expect, test } from 'vitest';
import { usedBy } from '../../../../functions/reaper/own-limits.ts';
import { recountSlots } from '../../../../functions/reaper/rounds/recount.ts';
import type { Survey } from '../../../../functions/reaper/survey/survey.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { Instance } from '../../../../shared/nouns.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { openWorld, START_MS, seedRunnerRelease } from '../../../world/in-process.ts';
import { openReaper } from '../fixture.ts';
import { machine } from './diagnose-rows.ts';

const MINUTE_MS = 60_000;

interface Case {
  readonly entry?: Partial<RunnerEntry>;
  readonly instance?: Partial<Instance>;
  readonly minutes?: number;
}

/** After two sweeps: whether its slot counts with its repository's. */
async function isWrittenOff({ entry = {}, instance = {}, minutes = 6 }: Case): Promise<boolean> {
  const { world } = openReaper({ config: { limits: { runners: 4 } } });
  const { capacity, runners } = world.ledger;
  await capacity.take(build.slot(1), build.limits({ perRepository: 1 }), START_MS);
  const stateAtMs = START_MS - minutes * MINUTE_MS;
  const retiring = build.runnerEntry(1, { state: 'retiring', stateAtMs, instanceId: 'i-1', ...entry });
  await runners.add(retiring.name, retiring);
  const instances = [machine({ status: 'Pending', ...instance })];
  for (let sweep = 0; sweep < 2; sweep++) {
    const held = await runners.list(9);
    await recountSlots({ runners: held.things, instances, ledgerComplete: true } as unknown as Survey, world);
  }
  const view = await capacity.view();
  expect(view.total).toBe(1);
  return !usedBy(view.slots).has('repository acme/kernel');
}

test.each<[string, Case, boolean]>([
  ['for minutes after it was to go', {}, true],
  ['for a moment', { minutes: 5 }, false],
  ['that is Running by now', { instance: { status: 'Running' } }, false],
  ['that is not to go', { entry: { state: 'booting' } }, false],
  ['that a person keeps', { entry: { keep: { untilMs: START_MS + 1, by: 'operator' } } }, false],
  ['with the tag keep', { instance: { tags: { keep: '' } } }, false],
])('a machine %s (%j): written off is %s', async (_what, some, isOff) => {
  expect(await isWrittenOff(some)).toBe(isOff);
});

/** What the first repository's jobs get never boots, for two hours; then all is well again. */
test('what hangs for one repository leaves the others their slots, and its own jobs go on', async () => {
  const world = openWorld({
    repositories: ['acme/app', 'acme/kernel'],
    config: { limits: { runners: 8, runnersPerRepository: 4 } },
  });
  await seedRunnerRelease(world);
  const queue = (repository: string, count: number) =>
    world.github.jobsOf(
      world.github.queueRun({
        repository,
        jobs: Array.from({ length: count }, (_, at) => ({
          ...{ name: `build-${at}`, labels: ['self-hosted', 'aliyun', 'arm64'], durationMs: MINUTE_MS },
        })),
      }),
    );
  const isOver = (jobs: ReturnType<typeof queue>) => () => jobs.every(({ status }) => status === 'completed');
  world.ecs.stuckPending(1);
  const stuck = queue('acme/app', 12);
  await world.pass(120 * MINUTE_MS);
  const { capacity } = world.adapters().ledger;
  expect((await capacity.view()).total, 'its bound, and a quarter of all').toBe(4 + 2);
  world.ecs.stuckPending(0);
  const other = queue('acme/kernel', 1);
  // GitHub gives its runners to the older jobs first.
  expect(await world.until(isOver(other), 30 * MINUTE_MS), 'the others').toBe(true);
  expect(await world.until(isOver(stuck), 120 * MINUTE_MS), 'its own').toBe(true);
  world.fc.close();
});
