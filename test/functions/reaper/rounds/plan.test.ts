/** Which waiting jobs are started, by turns, and what waits behind nobody. */
import { describe, expect, test } from 'vitest';
import { planStarts } from '../../../../functions/reaper/rounds/plan.ts';
import { MINT_PACE_MAX } from '../../../../shared/github-limits.ts';
import type { JobEntry } from '../../../../shared/ledger/entries.ts';
import { PROBE_FIRST_MS, PROBES_PER_SWEEP_MAX } from '../../../../shared/limits.ts';
import { mintPace, mintsAtOnce, mintsMax, stepOf } from '../../../../shared/runner/mint-pace.ts';
import { build, CREATED_MS } from '../../../shared/ledger/builders.ts';
import { configOf } from '../../../world/in-process.ts';

/** Not one of the minutes in which what stands aside goes first. */
const NOW_MS = CREATED_MS + 3_600_000 + 120_000;

interface Some extends Partial<JobEntry> {
  readonly labels?: string;
  readonly repository?: string;
}

const job = (
  id: number,
  { labels = 'self-hosted aliyun arm64', repository = 'acme/kernel', ...some }: Some = {},
) => ({
  entry: build.jobEntry(id, {
    job: build.job(id, { labels: labels.split(' '), repository, createdAtMs: CREATED_MS + id }),
    nextTryAtMs: CREATED_MS,
    ...some,
  }),
  rev: 'r',
});

const view = (...names: [profile: string | null, repository: string][]) => ({
  total: names.length,
  slots: names.map(([profile, repository], at) => ({
    name: build.runnerName(at),
    profile,
    repository,
    atMs: 0,
  })),
  mints: {},
});
const ids = (jobs: readonly { entry: JobEntry }[]) => jobs.map(({ entry }) => entry.job.id as number);
const many = (count: number, from: number, some: Some = {}) =>
  Array.from({ length: count }, (_, at) => job(from + at, some));
const limited = configOf({
  limits: { runners: 3, runnersPerRepository: 2 },
  profiles: { big: { cpu: 32, runners: 1 } },
});
const three = configOf({ limits: { runners: 3, runnersPerRepository: null } });

describe('as far as slots and mints go', () => {
  test('the oldest first; the others are in line', () => {
    const { start, line } = planStarts(
      [job(2), job(1), job(3)],
      view([null, 'a/x'], [null, 'a/y']),
      three,
      NOW_MS,
    );
    expect([ids(start), ids(line)]).toEqual([[1], [2, 3]]);
  });

  test('a profile or repository at its limit is waited for by nobody, and is not in line', () => {
    const big = job(1, { labels: 'self-hosted aliyun arm64 big' });
    const plan = planStarts([big, job(2)], view(['big', 'a/x']), limited, NOW_MS);
    expect([ids(plan.start), plan.line]).toEqual([[2], []]);
    const full = planStarts([job(1)], view([null, 'acme/kernel'], [null, 'acme/kernel']), limited, NOW_MS);
    expect(full).toMatchObject({ start: [], line: [] });
    const waitedForIts = job(1, { obstacle: 'limit' });
    expect(ids(planStarts([waitedForIts], view(), limited, NOW_MS).start), 'there is room again').toEqual([
      1,
    ]);
  });

  test('what is not due yet waits, and a sweep starts so many', () => {
    expect(planStarts([job(1, { nextTryAtMs: NOW_MS + 1 })], view(), three, NOW_MS)).toMatchObject({
      start: [],
      line: [],
    });
    const wide = configOf({ limits: { runners: 5000, mintsPerMinute: 300 } });
    const max = mintsAtOnce(MINT_PACE_MAX);
    const { start, line, isPaced } = planStarts(many(max + 5, 1), view(), wide, NOW_MS);
    expect([start.length, line.length, isPaced]).toEqual([max, 5, true]);
  });

  test('no more than GitHub’s minute has mints for, wherever it begins', () => {
    const config = configOf({ limits: { mintsPerMinute: 4 } });
    const [max, step] = [mintsMax(mintPace(config)), stepOf(NOW_MS)];
    const planAt = (mints: Record<number, number>) =>
      planStarts([job(1), job(2), job(3)], { ...view(), mints }, config, NOW_MS);
    const one = planAt({ [step - 1]: 4, [step]: max - 1, [step + 1]: 1 });
    expect([ids(one.start), ids(one.line), one.isPaced]).toEqual([[1], [2, 3], true]);
    expect(ids(planAt({ [step]: max }).start)).toEqual([]);
  });

  test('who waits for a slot, too, is not started before one comes back', () => {
    const config = configOf({ limits: { runners: 1, mintsPerMinute: 2 } });
    const both = { ...view([null, 'a/x']), mints: { [stepOf(NOW_MS)]: 9 } };
    expect(planStarts([job(1)], both, config, NOW_MS)).toMatchObject({ start: [], isPaced: false });
    expect(planStarts([job(1)], { ...both, ...view(), mints: both.mints }, config, NOW_MS).isPaced).toBe(
      true,
    );
  });
});

describe('turns go round by repository', () => {
  test('one of each, the oldest of each first', () => {
    const jobs = [...many(4, 1, { repository: 'acme/a' }), ...many(2, 50, { repository: 'acme/b' }), job(90)];
    const { start, line } = planStarts(jobs, view(), three, NOW_MS);
    expect([ids(start), ids(line)]).toEqual([
      [1, 50, 90],
      [2, 51, 3, 4],
    ]);
  });

  test('who has the fewest runners is next, so that a slot each sweep goes round, too', () => {
    const jobs = [...many(9, 1, { repository: 'acme/a' }), job(90)];
    const busy = view([null, 'acme/A'], [null, 'acme/a']);
    expect(ids(planStarts(jobs, busy, three, NOW_MS).start)).toEqual([90]);
    const even = view([null, 'acme/a'], [null, 'acme/kernel']);
    expect(ids(planStarts(jobs, even, three, NOW_MS).start)).toEqual([1]);
  });
});

describe('what cannot take a slot stands aside', () => {
  test('it takes no place in the plan, and none of another repository’s', () => {
    const mistyped = Array.from({ length: 256 }, (_, at) =>
      job(1 + at, { repository: 'acme/app', obstacle: 'offer', labels: `self-hosted aliyun type-${at}` }),
    );
    const wasted = many(64, 300, { repository: 'acme/app', obstacle: 'waste', wasted: 1 });
    const honest = job(900, { repository: 'acme/pay' });
    const { start, line } = planStarts([...mistyped, ...wasted, honest], view(), three, NOW_MS);
    expect([ids(start)[0], line]).toEqual([900, []]);
    expect(
      start.filter(({ entry }) => entry.obstacle === 'waste'),
      'of what is left',
    ).toHaveLength(2);
    expect(start.filter(({ entry }) => entry.obstacle === 'offer')).toHaveLength(PROBES_PER_SWEEP_MAX);
  });

  test('while servable jobs wait, what had runners of no use gets one place in some minutes', () => {
    const wasted = many(5, 1, { obstacle: 'waste', wasted: 1 });
    const jobs = [...wasted, ...many(9, 100)];
    expect(ids(planStarts(jobs, view(), three, NOW_MS).start)).toEqual([100, 101, 102]);
    const itsMinute = Math.ceil(NOW_MS / PROBE_FIRST_MS) * PROBE_FIRST_MS;
    expect(ids(planStarts(jobs, view(), three, itsMinute).start)).toEqual([1, 100, 101]);
    const justDue = many(5, 1, { obstacle: 'waste', wasted: 1, nextTryAtMs: itsMinute });
    expect(ids(planStarts([...justDue, ...many(9, 100)], view(), three, itsMinute).start)).toEqual([
      100, 101, 102,
    ]);
  });

  test('those without an offer are tried in turns by repository, longest ago first, and not while no slot is free', () => {
    const mistyped = many(200, 1, { repository: 'acme/app', obstacle: 'offer' });
    const scarce = job(900, { repository: 'acme/pay', obstacle: 'offer' });
    expect(ids(planStarts([...mistyped, scarce], view(), three, NOW_MS).start)).toContain(900);
    const full = view([null, 'a/x'], [null, 'a/x'], [null, 'a/x']);
    expect(planStarts([scarce], full, three, NOW_MS)).toMatchObject({ start: [], line: [] });
  });

  test('what is only looked at is not tried', () => {
    expect(planStarts([job(1, { obstacle: 'cap' })], view(), three, NOW_MS)).toMatchObject({
      start: [],
      line: [],
    });
  });

  test('whom the gate keeps back is in line, and others go on', () => {
    const jobs = [job(1, { repository: 'acme/a' }), job(2)];
    const plan = planStarts(jobs, view(), three, NOW_MS, {
      mayStart: ({ job }) => job.repository !== 'acme/a',
    });
    expect([ids(plan.start), ids(plan.line)]).toEqual([[2], [1]]);
  });
});
