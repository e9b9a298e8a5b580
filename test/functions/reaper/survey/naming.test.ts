/** Looks of several sweeps prove together that no job names a runner: docs/decisions/absence.md. */
import { describe, expect, test } from 'vitest';
import { gatherEvidence } from '../../../../functions/reaper/survey/evidence.ts';
import { rememberListed } from '../../../../functions/reaper/survey/known.ts';
import { NAMING_CALLS_PER_SWEEP_MAX, UNREADABLE_MAX_MS } from '../../../../shared/github-limits.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { JobRecord, LiveStatus, RunId, RunRecord, Target } from '../../../../shared/nouns.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { completeList, openReaper, record, runOf } from '../fixture.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('a job that names a removed runner', () => {
  const runner = build.runnerEntry(1, { repository: 'acme/r-0', removedAtMs: START_MS - 2 * MINUTE_MS });
  const jobOn = (name: string): JobRecord => record(5, { runner: { id: 9, name } });

  /** In so many repositories; `runs` and `jobs` by repository. */
  async function searched(
    repositories: number,
    says: {
      readonly runs?: (repository: string, status: string) => readonly RunRecord[];
      readonly jobs?: (repository: string, run: RunId) => readonly JobRecord[];
    } = {},
    config: object = {},
  ) {
    let calls: string[] = [];
    const each = openReaper({
      config,
      github: {
        async liveRuns(_, repository, status) {
          calls.push(`${repository} ${status}`);
          return completeList(...(says.runs?.(repository, status) ?? []));
        },
        async jobsOfRun(_, repository, id) {
          calls.push(`${repository} run ${id}`);
          return completeList(...(says.jobs?.(repository, id) ?? []));
        },
      },
    });
    await rememberListed(
      Array.from({ length: repositories }, (_, n) => `acme/r-${n}`),
      each.world,
    );
    const sweep = async (one: RunnerEntry = runner) => {
      calls = [];
      const named = await gatherEvidence(each.clock.nowMs() + MINUTE_MS, each.world).jobNaming(one);
      await each.pass(MINUTE_MS);
      return { named, calls };
    };
    return { ...each, sweep };
  }

  test('in 250 repositories is looked for over several sweeps, none of which asks for more than its bound', async () => {
    const { sweep } = await searched(250);
    const verdicts: unknown[] = [];
    for (let sweeps = 0; sweeps < 5; sweeps++) {
      const { named, calls } = await sweep();
      expect(calls.length).toBeLessThanOrEqual(NAMING_CALLS_PER_SWEEP_MAX);
      verdicts.push(named);
      if (named === null) break;
    }
    expect(verdicts).toEqual(['unknown', 'unknown', 'unknown', null]);
    // Another one that was removed before costs nothing.
    const other = build.runnerEntry(2, { repository: 'acme/r-0', removedAtMs: START_MS - 9 * MINUTE_MS });
    expect(await sweep(other)).toEqual({ named: null, calls: [] });
    // One that was removed since then is looked for anew.
    const younger = build.runnerEntry(3, { repository: 'acme/r-0', removedAtMs: START_MS + 5 * MINUTE_MS });
    await sweep(younger);
    expect((await sweep(younger)).named).toBe('unknown');
  });

  test('is found wherever it runs, and whatever its run is called', async () => {
    for (const status of ['in_progress', 'waiting', 'pending']) {
      const { sweep } = await searched(80, {
        runs: (repository, asked) =>
          repository === 'acme/r-70' && asked === status ? [runOf(7, { status, createdAtMs: 0 })] : [],
        jobs: () => [jobOn(runner.name)],
      });
      let named: unknown = 'unknown';
      for (let sweeps = 0; sweeps < 3 && named === 'unknown'; sweeps++) named = (await sweep()).named;
      expect(named).toMatchObject({ job: { id: 5 } });
    }
  });

  test('is not looked for in what was made after its removal, nor again where nothing can run', async () => {
    const waits = { ...jobOn('nobody'), status: 'waiting' as const, runner: null };
    const { sweep } = await searched(1, {
      runs: (_, status) =>
        status === 'waiting'
          ? [runOf(1, { status, createdAtMs: 0 }), runOf(2, { status, createdAtMs: 0 })]
          : [runOf(3, { createdAtMs: START_MS + HOUR_MS })],
      // Of the second, one of two that wait may be approved, and the run goes on waiting.
      jobs: (_, id) => (id === 1 ? [waits] : [waits, waits]),
    });
    const first = await sweep();
    expect(first.calls.filter((call) => call.includes('run '))).toEqual(['acme/r-0 run 1', 'acme/r-0 run 2']);
    const later = build.runnerEntry(4, { repository: 'acme/r-0', removedAtMs: START_MS });
    const second = await sweep(later);
    expect(second.calls.filter((call) => call.includes('run '))).toEqual(['acme/r-0 run 2']);
  });

  test('is found where one of two gated jobs was approved and the run still waits, though nothing else of the run changed', async () => {
    const waits = { ...jobOn('nobody'), status: 'waiting' as const, runner: null };
    let approved: JobRecord = waits;
    const { sweep } = await searched(1, {
      runs: (_, status) => (status === 'waiting' ? [runOf(1, { status, createdAtMs: 0 })] : []),
      jobs: () => [approved, waits],
    });
    expect((await sweep()).named).toBeNull();
    const later = build.runnerEntry(4, { repository: 'acme/r-0', removedAtMs: START_MS });
    approved = jobOn(later.name);
    expect((await sweep(later)).named).toMatchObject({ job: { id: 5 }, status: 'in_progress' });
  });

  test.each([
    ['organization', 'repository', ['acme/r-0', 'acme/r-1', 'acme/r-2']],
    ['repository', 'organization', ['acme/r-0']],
  ] as const)(
    'of a runner of the %s is looked for there, though runners.yaml says %s since',
    async (scope, since, asked) => {
      const { sweep, world } = await searched(3, {}, { github: { scope: since } });
      const registeredAt = { host: world.config.github.baseUrl, scope };
      const { calls } = await sweep({ ...runner, registeredAt });
      expect([...new Set(calls.map((call) => call.split(' ')[0]))].toSorted()).toEqual(asked);
    },
  );

  test('is looked for at its own owner alone', async () => {
    const { sweep, world } = await searched(2);
    await rememberListed(['acme/r-0'], {
      ...world,
      config: { ...world.config, repositories: { ...world.config.repositories, allow: ['other/*'] } },
    });
    const { calls } = await sweep(
      build.runnerEntry(9, { repository: 'solo/app', removedAtMs: START_MS - MINUTE_MS }),
    );
    expect(new Set(calls.map((call) => call.split(' ')[0]))).toEqual(new Set(['solo/app']));
  });

  test('in a repository that cannot be read keeps its machine for half an hour, and a person is told', async () => {
    const { sweep, pass, alerts } = await searched(3, {
      runs: (repository) => {
        if (repository === 'acme/r-2') throw new Error('GitHub answered 403');
        return [];
      },
    });
    expect((await sweep()).named).toBe('unknown');
    expect(alerts).toEqual([]);
    await pass(UNREADABLE_MAX_MS);
    expect((await sweep()).named).toBeNull();
    expect(alerts).toEqual([expect.stringContaining('acme/r-2')]);
  });

  test('in a repository with more live runs than GitHub lists does, too', async () => {
    const { sweep, pass, alerts, world } = await searched(3);
    const { liveRuns } = world.github;
    Object.assign(world.github, {
      liveRuns: async (target: Target, repository: string, status: LiveStatus) => {
        const list = await liveRuns(target, repository, status);
        return repository === 'acme/r-2' && status === 'waiting' ? { ...list, complete: false } : list;
      },
    });
    expect((await sweep()).named).toBe('unknown');
    await pass(UNREADABLE_MAX_MS);
    expect((await sweep()).named).toBeNull();
    expect(alerts).toEqual([expect.stringContaining('acme/r-2 has more runs that are not over')]);
  });
});
