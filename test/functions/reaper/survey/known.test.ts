/** Where the sweep looks: repositories that we know, and what becomes of those that are gone. */
import { expect, test } from 'vitest';
import { lookForJobs } from '../../../../functions/reaper/rounds/look.ts';
import { listRepositories } from '../../../../functions/reaper/rounds/turn.ts';
import { gatherEvidence } from '../../../../functions/reaper/survey/evidence.ts';
import {
  knownRepositories,
  rememberListed,
  rememberRepositories,
} from '../../../../functions/reaper/survey/known.ts';
import type { Survey } from '../../../../functions/reaper/survey/survey.ts';
import { KNOWN_REPOSITORIES_MAX } from '../../../../shared/limits.ts';
import type { Listing } from '../../../../shared/nouns.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { configOf, START_MS } from '../../../world/in-process.ts';
import { completeList, openReaper, QUIET, type ReaperFixture, record, runOf } from '../fixture.ts';

const MINUTE_MS = 60_000;
const APP = { repository: 'acme/app', repositoryId: 5 };
const seenIn = (repository: string) => ({ repository, installationId: 7 });
const names = async ({ world }: ReaperFixture) =>
  (await knownRepositories(world)).map(({ repository }) => repository);

test('repositories that are only listed never push out those where jobs were seen', async () => {
  const each = openReaper();
  const listed = Array.from({ length: KNOWN_REPOSITORIES_MAX + 100 }, (_, at) => `acme/listed-${at}`);
  await rememberRepositories([seenIn('acme/app')], each.world);
  await each.pass(24 * 60 * MINUTE_MS);
  await rememberListed(listed, each.world);
  const known = await names(each);
  expect(known).toHaveLength(KNOWN_REPOSITORIES_MAX);
  expect(known.slice(0, 3)).toEqual(['acme/app', 'acme/listed-0', 'acme/listed-1']);
});

test('what was pushed to last is looked at first among those that are only listed', async () => {
  const each = openReaper();
  await rememberListed(['acme/a', 'acme/b', 'elsewhere/c'], each.world);
  await rememberListed(['acme/b', 'acme/d'], each.world);
  expect(await names(each)).toEqual(['acme/b', 'acme/d', 'acme/a']);
});

test('an owner without the App keeps no other from being listed, nor is it asked again at once', async () => {
  let asked = 0;
  const each = openReaper({
    config: { repositories: { allow: ['gone/*', 'acme/*'] } },
    github: {
      async repositories({ owner }) {
        asked++;
        if (owner === 'gone') throw new Error('GitHub answered 404');
        return completeList(APP);
      },
    },
  });
  await listRepositories(each.world);
  await listRepositories(each.world);
  expect(await names(each)).toEqual(['acme/app']);
  expect(asked).toBe(2);
  expect(each.lines).toEqual([{ event: 'look.failed', owner: 'gone', error: 'GitHub answered 404' }]);
});

/** Jobs were seen in one of theirs, and another was listed, while they were allowed; then they left runners.yaml. */
async function openAfterLeaving() {
  const each = openReaper({ github: { repositories: async () => completeList(APP) } });
  const before = { ...each.world, config: configOf({ repositories: { allow: ['former/*', 'acme/*'] } }) };
  await rememberRepositories([seenIn('former/app'), seenIn('acme/app')], before);
  await rememberListed(['former/quiet'], before);
  return each;
}

test('what is allowed no more is forgotten: its owner may have no App any more, and each look there would fail', async () => {
  const each = await openAfterLeaving();
  await listRepositories(each.world);
  expect(await names(each)).toEqual(['acme/app']);
});

test.each([
  ['a runner there', build.runnerEntry(1, { repository: 'Former/other' }), null],
  ['a runner of nobody knows where', build.runnerEntry(1, { repository: '' }), null],
  ['a job there', null, build.jobEntry(1, { job: build.job(1, { repository: 'former/other' }) })],
])('not while there is %s: which job it has is asked of all of its owner', async (_, entry, job) => {
  const each = await openAfterLeaving();
  if (entry !== null) await each.world.ledger.runners.add(entry.name, entry);
  if (job !== null) await each.world.ledger.jobs.add(job.job.id, job);
  await listRepositories(each.world);
  expect((await names(each)).toSorted()).toEqual(['acme/app', 'former/app', 'former/quiet']);
});

const runner = build.runnerEntry(1, { repository: 'acme/app' });
const naming = record(5, { runner: { id: 9, name: runner.name } });

test('a repository that is gone proves nothing, is not asked again, and its jobs are dropped', async () => {
  const asked: string[] = [];
  const each = openReaper({
    github: {
      ...QUIET.github,
      async liveRuns(_, repository) {
        asked.push(repository);
        return repository === 'acme/gone' ? null : completeList();
      },
    },
  });
  const { world } = each;
  await rememberRepositories([seenIn('acme/gone'), seenIn('acme/app')], world);
  const evidence = gatherEvidence(START_MS + MINUTE_MS, world);
  const held = await world.ledger.jobs.add(build.job(3).id, {
    ...build.jobEntry(3),
    job: build.job(3, { repository: 'acme/gone' }),
  });
  const survey = { jobs: [held], runners: [] } as unknown as Survey;
  await lookForJobs(survey, evidence, START_MS + MINUTE_MS, world);
  expect(await world.ledger.jobs.read(build.job(3).id)).toBeNull();
  expect(await evidence.jobNaming(runner)).toBeNull();
  expect(await names(each)).toEqual(['acme/app']);
  expect(asked.toSorted()).toEqual([...Array.from({ length: 4 }, () => 'acme/app'), 'acme/gone']);
});

async function evidenceOf(answer: (repository: string) => Listing<typeof naming>, config: object = {}) {
  const asked: string[] = [];
  let [atOnce, most] = [0, 0];
  const each: ReaperFixture = openReaper({
    config,
    github: {
      async liveRuns(_, repository, status) {
        asked.push(`${repository} ${status}`);
        most = Math.max(most, ++atOnce);
        await each.clock.sleep(1_000);
        atOnce--;
        const runs = status === 'in_progress' ? [runOf(repository.length)] : [];
        return completeList(...runs);
      },
      jobsOfRun: async (_, repository) => answer(repository),
    },
  });
  await rememberListed(
    Array.from({ length: 40 }, (_, at) => `acme/r-${at}`),
    each.world,
  );
  let named: unknown = 'not answered';
  void gatherEvidence(START_MS + 3_000, each.world)
    .jobNaming(runner)
    .then((answered) => {
      named = answered;
    });
  await each.pass(10_000);
  return { named, asked, most };
}

test('a job that names a runner is looked for in eight repositories at once, and no longer than there is time', async () => {
  const { named, asked, most } = await evidenceOf(() => completeList());
  // Three lists of each: a job may run in a run that waits for another one's reviewer.
  expect({ named, asked: asked.length, most }).toEqual({ named: 'unknown', asked: 24, most: 8 });
});

test('once found, nobody else is asked', async () => {
  const { named, asked } = await evidenceOf((repository) =>
    repository === 'acme/app' ? completeList(naming) : completeList(),
  );
  expect(named).toMatchObject(naming);
  expect(asked).toHaveLength(8);
});

test('a runner that is registered in a repository serves that alone', async () => {
  const { named, asked } = await evidenceOf(() => completeList(), { github: { scope: 'repository' } });
  const lists = ['in_progress', 'waiting', 'pending'].map((status) => `acme/app ${status}`);
  expect({ named, asked }).toEqual({ named: null, asked: lists });
});
