/** Matching by kinds gives what matching one by one gave, and does not take long. */

import { expect, test } from 'vitest';
import { ownerOf } from '../../../../functions/reaper/survey/known.ts';
import { match } from '../../../../functions/reaper/survey/match.ts';
import { covers } from '../../../../shared/job/labels.ts';
import type { JobEntry, RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { Held } from '../../../../shared/ledger/ledger.ts';
import type { JobId } from '../../../../shared/nouns.ts';
import fc from '../../../fast-check.ts';
import { build, CREATED_MS } from '../../../shared/ledger/builders.ts';

const hold = <Entry>(entry: Entry): Held<Entry> => ({ entry, rev: 'r' });
const READY = { idle: 0, booting: 1, launching: 2, busy: 3, retiring: 4 } as const;

/** One by one, over all that are free: what the rule says, in the order in which it says it. */
function oneByOne(
  jobs: readonly Held<JobEntry>[],
  usable: readonly Held<RunnerEntry>[],
  isRepositoryScope: boolean,
) {
  const free = [...usable].sort(
    ({ entry: a }, { entry: b }) =>
      READY[a.state] - READY[b.state] ||
      a.labels.length - b.labels.length ||
      a.createdAtMs - b.createdAtMs ||
      (a.name < b.name ? -1 : 1),
  );
  const waiting = jobs
    .filter(({ entry }) => entry.startedOn === null)
    .sort(
      ({ entry: a }, { entry: b }) =>
        Number((a.wasted ?? 0) > 0) - Number((b.wasted ?? 0) > 0) ||
        a.job.createdAtMs - b.job.createdAtMs ||
        a.job.id - b.job.id,
    );
  const pairs: string[] = [];
  const claim = (job: Held<JobEntry>, how: string, fits: (runner: RunnerEntry) => boolean) => {
    const at = free.findIndex(({ entry }) => fits(entry));
    const [runner] = at < 0 ? [] : free.splice(at, 1);
    if (runner !== undefined) pairs.push(`${how} ${runner.entry.name} ${job.entry.job.id}`);
    return runner !== undefined;
  };
  const takesOwn = (job: Held<JobEntry>) => claim(job, 'is for', (each) => each.for === job.entry.job.id);
  const takesOther = (job: Held<JobEntry>) =>
    claim(job, 'moves to', (each) => {
      const [ours, theirs] = [each.repository, job.entry.job.repository];
      const isGroups = (each.isPublic ?? false) === job.entry.job.isPublic;
      const isReached = isRepositoryScope ? ours === theirs : ownerOf(ours) === ownerOf(theirs) && isGroups;
      return each.state !== 'launching' && isReached && covers(each.labels, job.entry.job.labels);
    });
  const uncovered = waiting.filter(({ entry }) => entry.held == null).filter((job) => !takesOwn(job));
  const left = uncovered.filter((job) => !takesOther(job));
  for (const job of waiting) if (job.entry.held != null && !takesOwn(job)) takesOther(job);
  return { pairs, left: left.map(({ entry }) => entry.job.id) };
}

function byKinds(...asked: Parameters<typeof match>) {
  const { wanted, moves, uncovered } = match(...asked);
  const moved = new Set(moves.map(({ runner }) => runner.entry.name as string));
  const pairs = [...wanted].map(
    ([name, { job }]) => `${moved.has(name) ? 'moves to' : 'is for'} ${name} ${job.id}`,
  );
  return { pairs, left: uncovered.map(({ entry }) => entry.job.id) };
}

const labels = fc.subarray(['self-hosted', 'aliyun', 'ARM64', 'arm64', '8cpu'], { minLength: 1 });
const repository = fc.constantFrom('acme/app', 'acme/lib', 'other/app', '');
const jobs = fc.array(
  fc.record({
    ...{ labels, repository, isPublic: fc.boolean(), age: fc.nat(3), isStarted: fc.boolean() },
    ...{ wasted: fc.nat(1), isHeld: fc.boolean() },
  }),
  { maxLength: 12 },
);
const runners = fc.array(
  fc.record({
    labels,
    repository,
    isPublic: fc.boolean(),
    age: fc.nat(2),
    for: fc.option(fc.integer({ min: 1, max: 14 })),
    state: fc.constantFrom('idle', 'booting', 'launching'),
  }),
  { maxLength: 12 },
);

test('each waiting job gets the runner that it would get if all were gone through one by one', () => {
  fc.assert(
    fc.property(jobs, runners, fc.boolean(), (ofJobs, ofRunners, isRepositoryScope) => {
      const heldJobs = ofJobs.map(({ age, isStarted, wasted, isHeld, ...job }, at) =>
        hold(
          build.jobEntry(at + 1, {
            job: build.job(at + 1, { ...job, createdAtMs: CREATED_MS + age }),
            startedOn: isStarted ? 'x' : null,
            wasted,
            held: isHeld ? { by: 'run', width: 1, sinceMs: CREATED_MS } : null,
          }),
        ),
      );
      const heldRunners = ofRunners.map(({ age, ...some }, at) =>
        hold(
          build.runnerEntry(at + 1, {
            ...some,
            for: some.for as JobId | null,
            state: some.state as RunnerEntry['state'],
            createdAtMs: CREATED_MS + age,
          }),
        ),
      );
      expect(byKinds(heldJobs, heldRunners, isRepositoryScope)).toEqual(
        oneByOne(heldJobs, heldRunners, isRepositoryScope),
      );
    }),
    { numRuns: 2_000 },
  );
});

test('the work grows with the kinds of jobs and of runners, not with jobs times runners', () => {
  let looked = 0;
  const counting = (given: readonly string[]) =>
    new Proxy(given, {
      get(target, key, receiver) {
        if (key === 'map') looked++;
        return Reflect.get(target, key, receiver);
      },
    });
  const ofJob = ['self-hosted', 'aliyun', 'arm64'];
  const heldJobs = Array.from({ length: 10_000 }, (_, at) =>
    hold(build.jobEntry(at + 1, { job: build.job(at + 1, { labels: counting(ofJob) }) })),
  );
  const heldRunners = Array.from({ length: 5_000 }, (_, at) =>
    hold(
      build.runnerEntry(at + 1, {
        state: 'idle',
        for: null,
        labels: counting(['self-hosted', 'aliyun', 'amd64']),
      }),
    ),
  );
  expect(match(heldJobs, heldRunners, false).uncovered).toHaveLength(10_000);
  expect(looked).toBe(10_000 + 5_000);
});
