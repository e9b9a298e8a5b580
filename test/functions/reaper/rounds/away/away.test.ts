/** How long GitHub has turned the App away, and what is given up then. */
import { expect, test } from 'vitest';
import { openAway } from '../../../../../functions/reaper/rounds/away/owners.ts';
import { askOverdue } from '../../../../../functions/reaper/rounds/expired.ts';
import { lookForJobs } from '../../../../../functions/reaper/rounds/look.ts';
import { gatherEvidence, takeAsEvent } from '../../../../../functions/reaper/survey/evidence.ts';
import { survey } from '../../../../../functions/reaper/survey/survey.ts';
import { InstallationUnusable } from '../../../../../shared/adapters/github/request.ts';
import type { JobId } from '../../../../../shared/nouns.ts';
import { build } from '../../../../shared/ledger/builders.ts';
import { START_MS } from '../../../../world/in-process.ts';
import { openReaper, QUIET, type ReaperFixture, record } from '../../fixture.ts';

const MINUTE_MS = 60_000;
const refused = new InstallationUnusable(7, 403, 'This installation has been suspended');
const known = (repository: string) => ({ repository, installationId: 7, seenAtMs: START_MS });

async function opened(repositories: readonly string[]): Promise<ReaperFixture> {
  const each = openReaper(QUIET);
  const text = JSON.stringify(repositories.map(known));
  await each.world.ledger.notes.add('repositories', { text, untilMs: null });
  return each;
}

/** One sweep in which each of them is refused: those that are given up. */
async function turnedAway({ world }: ReaperFixture, repositories: readonly string[]): Promise<string[]> {
  const away = await openAway(repositories.length, world);
  const isGone = (repository: string) => {
    try {
      return away.nullIfLong(refused, known(repository)) === null;
    } catch (error) {
      if (error !== refused) throw error;
      return false;
    }
  };
  const gone = repositories.filter(isGone);
  await away.keep([]);
  return gone;
}

const left = async ({ world }: ReaperFixture) =>
  JSON.parse((await world.ledger.notes.read('repositories'))?.entry.text ?? '[]').map(
    (each: { repository: string }) => each.repository,
  );

const TEN = Array.from({ length: 10 }, (_, at) => `acme/app-${at}`);

test('an hour of refusals gives up all repositories of that owner at once, and nobody else’s', async () => {
  const each = await opened([...TEN, 'beta/app']);
  for (let min = 0; min < 60; min += 10) {
    expect(await turnedAway(each, TEN)).toEqual([]);
    await each.pass(10 * MINUTE_MS);
  }
  expect(await turnedAway(each, TEN)).toEqual(TEN);
  expect(await left(each)).toEqual(['beta/app']);
  expect((await each.world.ledger.notes.read('owners-away'))?.entry.text).toBe('{}');
});

test('two refusals an hour apart, with nothing asked in between, are two slips', async () => {
  const each = await opened(TEN);
  await turnedAway(each, TEN);
  await each.pass(61 * MINUTE_MS);
  expect(await turnedAway(each, TEN)).toEqual([]);
  expect(await left(each)).toEqual(TEN);
});

test('where a turn of the look takes half an hour, refusals a turn apart are no two slips', async () => {
  const many = Array.from({ length: 500 }, (_, at) => `acme/app-${at}`);
  const each = await opened(many);
  for (const gone of [[], [], many]) {
    expect(await turnedAway(each, many)).toEqual(gone);
    await each.pass(35 * MINUTE_MS);
  }
});

test.each(['{"acme":null}', 'not json', '{"acme":1777881600000}'])(
  'a note that says %s is begun anew',
  async (text) => {
    const each = await opened(TEN);
    await each.world.ledger.notes.add('owners-away', { text, untilMs: null });
    expect(await turnedAway(each, TEN)).toEqual([]);
  },
);

test('an owner’s name that every object has is an owner’s name', async () => {
  const each = await opened(['constructor/app']);
  expect(await turnedAway(each, ['constructor/app'])).toEqual([]);
});

test.each([
  ['GitHub has no record of', async () => null],
  ['the App is turned away from', () => Promise.reject(refused)],
])('a started job that %s is given up after an hour of that, and not at the first time', async (_, job) => {
  const each = openReaper({ ...QUIET, github: { ...QUIET.github, job, run: async () => null } });
  const { ledger } = each.world;
  const started = { startedOn: 'their-runner', startedAtMs: START_MS - 300 * MINUTE_MS };
  await ledger.jobs.add(1 as JobId, build.jobEntry(1, { ...started, nextTryAtMs: START_MS }));
  const ask = async () => askOverdue(await survey(each.world), new Set(), each.world);
  for (let min = 0; min < 60; min += 10) {
    await ask();
    expect(await ledger.jobs.read(1 as JobId), `minute ${min}`).not.toBeNull();
    await each.pass(10 * MINUTE_MS);
  }
  await ask();
  expect(await ledger.jobs.read(1 as JobId)).toBeNull();
});

test('one whose runner of ours is still known is not, though that runner was not told so', async () => {
  const each = openReaper({ ...QUIET, github: { ...QUIET.github, job: async () => null } });
  const { ledger } = each.world;
  const runner = build.runnerEntry('1-1', { state: 'busy', busyWith: null, for: null });
  await ledger.runners.add(runner.name, runner);
  const silentSinceMs = START_MS - 300 * MINUTE_MS;
  const started = { startedOn: runner.name, startedAtMs: silentSinceMs, silentSinceMs };
  await ledger.jobs.add(1 as JobId, build.jobEntry(1, { ...started, nextTryAtMs: START_MS }));
  await askOverdue(await survey(each.world), new Set(), each.world);
  expect(await ledger.jobs.read(1 as JobId)).not.toBeNull();
});

test('a silence is of one start: on another runner it begins anew', async () => {
  const each = openReaper(QUIET);
  const { ledger } = each.world;
  const entry = build.jobEntry(1, { startedOn: 'theirs', startedAtMs: START_MS, silentSinceMs: START_MS });
  await ledger.jobs.add(entry.job.id, entry);
  await takeAsEvent(record(1, { job: entry.job, runner: { id: 2, name: 'their-other' } }), each.world);
  expect((await ledger.jobs.read(entry.job.id))?.entry).toMatchObject({
    startedOn: 'their-other',
    silentSinceMs: null,
  });
});

test('what runs on a machine of ours outlives its repository; what waits there, or runs elsewhere, does not', async () => {
  const liveRuns = () => Promise.reject(refused);
  const each = openReaper({ ...QUIET, github: { ...QUIET.github, liveRuns, job: async () => null } });
  const { ledger } = each.world;
  const runner = build.runnerEntry('1-1', { state: 'busy', busyWith: 1 as JobId, for: null });
  await ledger.runners.add(runner.name, runner);
  const nextTryAtMs = START_MS + 600 * MINUTE_MS;
  const startedOn = [runner.name, null, 'their-runner'];
  for (const [at, on] of startedOn.entries()) {
    const entry = build.jobEntry(at + 1, {
      startedOn: on,
      startedAtMs: on === null ? null : START_MS,
      nextTryAtMs,
    });
    await ledger.jobs.add(entry.job.id, entry);
  }
  const left: number[][] = [];
  for (let min = 0; min <= 60; min += 10) {
    const deadlineMs = each.clock.nowMs() + MINUTE_MS;
    const evidence = gatherEvidence(deadlineMs, each.world);
    await lookForJobs(await survey(each.world), evidence, deadlineMs, each.world).catch(() => 0);
    left.push((await ledger.jobs.list(9)).things.map(({ entry }) => Number(entry.job.id)));
    await each.pass(10 * MINUTE_MS);
  }
  expect(left.slice(0, -1)).toEqual(Array(6).fill([1, 2, 3]));
  expect(left.at(-1)).toEqual([1]);
});
