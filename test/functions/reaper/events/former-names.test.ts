/** Under which names we know a repository that goes by another now. */
import { expect, test } from 'vitest';
import { reportForeignJob } from '../../../../functions/reaper/events/foreign-job.ts';
import { nameBefore, rememberNames } from '../../../../functions/reaper/former-names.ts';
import { listRepositories } from '../../../../functions/reaper/rounds/turn.ts';
import { askRecord } from '../../../../functions/reaper/survey/evidence.ts';
import { rememberRepositories } from '../../../../functions/reaper/survey/known.ts';
import type { ReaperWorld } from '../../../../functions/reaper/world.ts';
import { KNOWN_REPOSITORIES_MAX } from '../../../../shared/limits.ts';
import { MINUTE_MS } from '../../../cli/explain/fixture.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { completeList, openReaper, record } from '../fixture.ts';

test.each([
  ['as we knew it', 5, 0, true],
  ['as we knew it a day ago', 5, 1, true],
  ['of another repository', 6, 0, false],
])(
  'a job whose entry went with its repository, on the runner of another one, by a new name, %s (seed 30380)',
  async (_, repositoryId, days, isKnown) => {
    const config = { repositories: { allow: ['acme/app', 'acme/lib'] } };
    const cancelRun = async () => 'asked' as const;
    const { world, lines, alerts, pass } = openReaper({ config, github: { cancelRun } });
    await rememberRepositories([build.job(1, { repository: 'acme/lib', repositoryId: 5 })], world);
    await pass(days * 24 * 60 * MINUTE_MS);
    const moved = build.job(1, { repository: 'beta/lib', repositoryId });
    const runner = build.runnerEntry('2-1', { repository: 'acme/app', repositoryId: 7 });
    await reportForeignJob(moved, null, runner, world);
    const security = lines.filter(({ event }) => event === 'security.foreign_job');
    expect(security).toHaveLength(isKnown ? 0 : 1);
    const text = isKnown ? /acme\/lib is called beta\/lib now\. Add beta\/lib to/ : /refused because/;
    expect(alerts).toEqual([expect.stringMatching(text)]);
  },
);

test('a record says no id of its repository: the one that it was asked for with is known (seed 71193)', async () => {
  const name = build.runnerName('1-1');
  const moved = build.job(1, { repository: 'beta/lib', repositoryId: 5 });
  const ended = record(1, {
    ...{ job: build.job(1, { repository: 'beta/lib' }), status: 'completed', conclusion: 'failure' },
    runner: { id: 9, name },
  });
  const { world, lines } = openReaper({
    config: { repositories: { allow: ['acme/lib'] } },
    github: { job: async () => ended, cancelRun: async () => 'over', registration: async () => null },
    instances: { find: async () => [], list: async () => ({ things: [], complete: true }) },
  });
  const { ledger } = world;
  const of = { repository: 'acme/lib', repositoryId: 5, runnerId: 9, busyWith: moved.id };
  await ledger.runners.add(name, build.runnerEntry('1-1', { ...of, state: 'busy' }));
  await ledger.jobs.add(moved.id, build.jobEntry(1, { job: moved, startedOn: name }));
  await askRecord(moved, world);
  expect(lines.map(({ event }) => event)).toContain('repository.renamed');
  expect(lines.map(({ event }) => event)).not.toContain('security.foreign_job');
});

const OLD = { repository: 'acme/lib', repositoryId: 5 };

test.each<[string, (world: ReaperWorld) => Promise<unknown>]>([
  ['GitHub listed by its old name', (world) => listRepositories(world)],
  [
    'has a job under its old name, which no sweep has seen (seed 206250)',
    (world) => world.ledger.jobs.add(build.job(3).id, build.jobEntry(3, { job: build.job(3, OLD) })),
  ],
  [
    'has a runner under its old name, which no sweep has seen',
    (world) => world.ledger.runners.add(build.runnerName('3-1'), build.runnerEntry('3-1', OLD)),
  ],
])(
  'a job of a repository that %s, on another one’s runner, by a name that nobody allowed: told as that',
  async (_, isHeardOf) => {
    const { world, lines, alerts } = openReaper({
      config: { repositories: { allow: ['acme/app', 'acme/lib'] } },
      github: { repositories: async () => completeList(OLD), cancelRun: async () => 'asked' as const },
    });
    await isHeardOf(world);
    const moved = build.job(1, { repository: 'acme/library', repositoryId: 5 });
    const runner = build.runnerEntry('2-1', { repository: 'acme/app', repositoryId: 7 });
    await reportForeignJob(moved, null, runner, world);
    expect(lines.filter(({ event }) => event === 'security.foreign_job')).toEqual([]);
    expect(alerts).toEqual([expect.stringMatching(/acme\/lib is called acme\/library now/)]);
    const stranger = build.job(9, { repository: 'acme/stranger', repositoryId: 6 });
    await reportForeignJob(stranger, null, runner, world);
    expect(lines.filter(({ event }) => event === 'security.foreign_job')).toHaveLength(1);
  },
);

test('of more names than a row should bear, those that were in use last are kept', async () => {
  const { world, pass } = openReaper({ config: { repositories: { allow: ['acme/*'] } } });
  const named = (at: number) => ({ repository: `acme/r-${at}`, repositoryId: at + 1 });
  for (let hour = 0; hour < 6; hour++) {
    const listed = Array.from({ length: KNOWN_REPOSITORIES_MAX }, (_, at) =>
      named(hour * KNOWN_REPOSITORIES_MAX + at),
    );
    await rememberNames(listed, world);
    await pass(60 * MINUTE_MS);
  }
  const former = (at: number) => nameBefore({ repository: 'acme/new', repositoryId: at + 1 }, world);
  expect(await former(6 * KNOWN_REPOSITORIES_MAX - 1)).toBe(`acme/r-${6 * KNOWN_REPOSITORIES_MAX - 1}`);
  expect(await former(0)).toBeNull();
});
