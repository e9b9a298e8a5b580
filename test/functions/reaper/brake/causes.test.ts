/** The likely cause that a person is told is that of these runners, not of others. */
import { expect, test } from 'vitest';
import type { Waste } from '../../../../functions/reaper/brake/endings.ts';
import type { Streak } from '../../../../functions/reaper/brake/streak.ts';
import { tellOfBrake, tellOfJob } from '../../../../functions/reaper/brake/tell.ts';
import { survey } from '../../../../functions/reaper/survey/survey.ts';
import type { Ending, RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { CapacityType } from '../../../../shared/offers.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { openReaper, QUIET } from '../fixture.ts';

const job = (isPublic: boolean) => ({
  entry: build.jobEntry(1, { job: build.job(1, { isPublic }), wasted: 3 }),
  rev: 'r',
});
const waste = (ending: Ending, capacityType: CapacityType, isPublic = false): Waste => ({
  runner: build.runnerEntry('1-1', { candidate: { capacityType } as RunnerEntry['candidate'] }),
  job: job(isPublic),
  ending,
  instances: [],
});

// biome-ignore format: a table reads best as a table.
test.each<[string, Waste, object, RegExp, RegExp]>([
  ['of a public repository, its own group',     waste('given nothing', 'spot', true), {}, /the runner group ci-runners-public does not serve/, /ci-runners does/],
  ['of a private one, the other',               waste('given nothing', 'spot'), {}, /the runner group ci-runners does not serve/, /public/],
  ['where runners are a repository’s, no group', waste('given nothing', 'spot'), { github: { scope: 'repository' } }, /cause: GitHub hands out no jobs/, /group/],
  ['gone from the market',                      waste('gone', 'spot'), {}, /the spot market takes/, /ActionTrail/],
  ['gone, and pay-as-you-go',                   waste('gone', 'on-demand'), {}, /somebody beside us deletes its machines/, /spot market/],
])('%s', async (_, last, config, says, never) => {
  const { world, alerts } = openReaper({ config });
  await tellOfJob(last.job.entry, last, world);
  expect(alerts).toEqual([expect.stringMatching(says)]);
  expect(alerts[0]).not.toMatch(never);
});

const NOTHING = { offering: null, image: null, version: null };
const streak = (repository: string): Streak => ({
  sinceMs: START_MS,
  wastes: [1, 2, 3, 4, 5].map((id) => ({
    ...{ runner: `r-${id}`, job: id, repository, atMs: START_MS, ending: 'never online' as const },
    ...NOTHING,
  })),
});
const BROKEN = /Likely cause: the image does not boot/;
const DOWN = /Likely cause: GitHub is down, or refuses us/;

// biome-ignore format: a table reads best as a table.
test.each<[string, string, 'moves' | 'fails', RegExp]>([
  ['a list that moved under us is no outage',              'acme/app',  'moves', BROKEN],
  ['one that cannot be had may be',                        'acme/app',  'fails', DOWN],
  ['that another owner turns us away says little of these', 'other/app', 'fails', BROKEN],
])('%s', async (_, repository, what, says) => {
  const { world, alerts } = openReaper({
    ...QUIET,
    config: { repositories: { allow: ['acme/*', 'other/*'] } },
    github: {
      ...QUIET.github,
      async registrations({ owner }) {
        if (owner === 'acme' && what === 'fails') throw new Error('GitHub answered 502');
        return { things: [], complete: owner !== 'acme' };
      },
    },
  });
  const { wastes, sinceMs } = streak(repository);
  const another = { ...wastes[0], runner: 'r-6', repository: 'acme/app', atMs: START_MS - 1 } as (typeof wastes)[0];
  const mixed = { sinceMs, wastes: repository === 'acme/app' ? wastes : [another, ...wastes] };
  await tellOfBrake(mixed, [waste('never online', 'spot')], await survey(world), world);
  expect(alerts).toEqual([expect.stringMatching(says)]);
});

test('of many that ended alike the cause is theirs, not that of the one that ended otherwise', async () => {
  const { world, alerts } = openReaper(QUIET);
  const { wastes, sinceMs } = streak('acme/app');
  const gone = wastes.map((each) => ({ ...each, ending: 'gone' as const }));
  const fresh = [waste('gone', 'spot'), waste('never online', 'on-demand')];
  await tellOfBrake({ sinceMs, wastes: gone }, fresh, await survey(world), world);
  expect(alerts).toEqual([expect.stringMatching(/Likely cause: the spot market takes its machines back/)]);
});
