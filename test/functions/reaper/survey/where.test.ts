/** Where the survey looks, and what an incomplete look proves absent: nothing, but only there. */
import { expect, test } from 'vitest';
import { regionsInUse } from '../../../../functions/reaper/survey/known.ts';
import { sweep } from '../../../../functions/reaper/sweep.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import { TARGETS_IN_TURN_MAX } from '../../../../shared/limits.ts';
import type { JobId } from '../../../../shared/nouns.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { completeList, openReaper, QUIET, type ReaperFixture } from '../fixture.ts';

const DAY_MS = 24 * 3_600_000;
const placement = (region: string) => ({
  region,
  zones: { h: `vsw-${region}` },
  securityGroup: 'sg-1',
});

/** Sweeps with other placements over the same ledger; the regions asked. */
function regional(unknown: readonly string[] = []) {
  const asked: string[] = [];
  const each = openReaper({
    ...QUIET,
    instances: {
      async list(region) {
        asked.push(region);
        if (unknown.includes(region)) throw new Error('InvalidRegionId.NotFound');
        return completeList();
      },
    },
  });
  const swept = async (...regions: string[]) => {
    asked.length = 0;
    const placements = regions.map(placement) as unknown as ReaperFixture['world']['config']['placements'];
    await sweep({ ...each.world, config: { ...each.world.config, placements } });
    await each.pass(60_000);
    return asked.toSorted();
  };
  return { ...each, swept };
}

test('a region that is in use no more is looked at until all in it is released, then forgotten', async () => {
  const { swept, pass, world } = regional();
  await swept('cn-hangzhou', 'cn-beijing');
  expect(await swept('cn-hangzhou')).toEqual(['cn-beijing', 'cn-hangzhou']);
  await pass(5 * DAY_MS);
  expect(await swept('cn-hangzhou')).toEqual(['cn-beijing', 'cn-hangzhou']);
  await pass(3 * DAY_MS);
  expect(await swept('cn-hangzhou')).toEqual(['cn-hangzhou']);
  expect((await world.ledger.notes.read('regions'))?.entry.text).not.toContain('cn-beijing');
});

test('a region that a runner names is looked at as long as there is one', async () => {
  const { swept, pass, world } = regional();
  await swept('cn-hangzhou', 'cn-beijing');
  await world.ledger.runners.add(
    build.runnerName(1),
    build.runnerEntry(1, { state: 'booting', region: 'cn-beijing', leaseUntilMs: START_MS + 100 * DAY_MS }),
  );
  for (let day = 0; day < 12; day++) {
    await pass(DAY_MS);
    expect(await swept('cn-hangzhou')).toContain('cn-beijing');
  }
});

const walked = (region: string) => ({ region }) as NonNullable<RunnerEntry['walks']>[number];

test('a region that cannot be looked at holds up no launch that never asked there', async () => {
  const { swept, world, pass } = regional(['cn-beijing']);
  const abandoned = { runnerId: 9, removedAtMs: START_MS, leaseUntilMs: START_MS, createdAtMs: START_MS };
  const walks = [[walked('cn-hangzhou')], [walked('cn-hangzhou'), walked('cn-beijing')], null];
  for (const [at, each] of walks.entries())
    await world.ledger.runners.add(
      build.runnerName(at),
      build.runnerEntry(at, { ...abandoned, walks: each }),
    );
  await pass(5 * 60_000);
  for (let n = 0; n < 3; n++) await swept('cn-hangzhou', 'cn-beijing');
  const names = async () =>
    (await world.ledger.runners.list(9)).things.map(({ entry }) => entry.name).toSorted();
  expect(await names()).toEqual([build.runnerName(1), build.runnerName(2)]);
  // What may have been made there is released by then; where nobody noted the regions, all are needed.
  await pass(8 * DAY_MS);
  for (let n = 0; n < 3; n++) await swept('cn-hangzhou', 'cn-beijing');
  expect(await names()).toEqual([build.runnerName(2)]);
});

test('a region that a launch may have asked is in use, for the rights there too', async () => {
  const { swept, world } = regional();
  await swept('cn-hangzhou');
  const walks = [walked('cn-beijing')];
  await world.ledger.runners.add(
    build.runnerName(1),
    build.runnerEntry(1, { walks, leaseUntilMs: START_MS * 2 }),
  );
  await swept('cn-hangzhou');
  expect(await swept('cn-hangzhou')).toEqual(['cn-beijing', 'cn-hangzhou']);
  expect([...(await regionsInUse(world)).keys()].toSorted()).toEqual(['cn-beijing', 'cn-hangzhou']);
});

test('a region that was typed wrong is asked only as long as it is configured', async () => {
  const { swept } = regional(['cn-hangzuo']);
  expect(await swept('cn-hangzuo', 'cn-beijing')).toEqual(['cn-beijing', 'cn-hangzuo']);
  expect(await swept('cn-beijing')).toEqual(['cn-beijing']);
});

const DAILY = { state: 'idle', stateAtMs: START_MS, runnerId: 9, leaseUntilMs: 0 } as const;

/** What a sweep notes of runners that GitHub's lists do not show: how often each was seen unneeded. */
async function sightings(each: ReaperFixture, ...entries: Partial<RunnerEntry>[]): Promise<number[]> {
  const { ledger } = each.world;
  for (const [at, entry] of entries.entries())
    await ledger.runners.add(build.runnerName(at), build.runnerEntry(at, { ...DAILY, ...entry }));
  await each.pass(120_000);
  await sweep(each.world);
  const read = await Promise.all(entries.map((_, at) => ledger.runners.read(build.runnerName(at))));
  return read.map((held) => held?.entry.idleSightings ?? -1);
}

test('an organisation whose runners cannot be listed hides its own alone, however it is spelt', async () => {
  const each = openReaper({
    config: { repositories: { allow: ['acme/*', 'other/*'] } },
    ...QUIET,
    github: {
      ...QUIET.github,
      async registrations({ owner }) {
        if (owner === 'other') throw new Error('GitHub answered 502');
        return completeList();
      },
    },
  });
  expect(await sightings(each, { repository: 'Acme/app' }, { repository: 'other/app' })).toEqual([1, 0]);
});

test('in repository scope those with something alive are asked, and a few more in turn', async () => {
  const asked: string[] = [];
  const each = openReaper({
    config: { github: { scope: 'repository' } },
    ...QUIET,
    github: {
      ...QUIET.github,
      registrations: async ({ repository }) => {
        asked.push(repository ?? '');
        return completeList();
      },
      removeRunner: async () => 'absent' as const,
    },
  });
  const many = Array.from({ length: 50 }, (_, at) => ({
    repository: `acme/r-${at}`,
    installationId: 7,
    seenAtMs: 1,
  }));
  await each.world.ledger.notes.add('repositories', { text: JSON.stringify(many), untilMs: null });
  const job = build.job(5, { repository: 'acme/waits' });
  const wait = { job, nextTryAtMs: START_MS + DAY_MS };
  await each.world.ledger.jobs.add(5 as JobId, build.jobEntry(5, wait));
  expect(await sightings(each, { repository: 'acme/app' }, { repository: '' })).toEqual([1, 0]);
  expect(asked).toHaveLength(2 + TARGETS_IN_TURN_MAX);
  expect(asked).toEqual(expect.arrayContaining(['acme/app', 'acme/waits']));
  for (let minute = 0; minute < 3; minute++) {
    await each.pass(60_000);
    await sweep(each.world);
  }
  expect(new Set(asked).size).toBeGreaterThanOrEqual(2 + many.length);
});
