/** What the end of a runner says beside its own job: of its offering, and of whether runners get jobs again. */
import { expect, test } from 'vitest';
import { failedWhileHeld } from '../../../../functions/reaper/brake/endings.ts';
import { lastSuccessMs } from '../../../../functions/reaper/brake/streak.ts';
import type { Observation } from '../../../../functions/reaper/survey/observe.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { machine, observed, online } from '../repair/diagnose-rows.ts';

const NOW_MS = Date.UTC(2026, 4, 4, 12, 0, 0);
const MINUTE_MS = 60_000;

test('a machine that fails while its job is held marks its offering; a runner that got nothing does not', () => {
  const held = { by: 'run' as const, width: 1, sinceMs: 1 };
  const jobs = [{ entry: build.jobEntry(1, { held }), rev: 'r' }];
  const runner = build.runnerEntry('1-1', {
    state: 'idle',
    onlineAtMs: 1,
    instanceId: 'i-1',
    leaseUntilMs: 0,
  });
  const told = (some: Partial<Observation>, all = jobs, entry = runner) =>
    failedWhileHeld([observed(entry, some)], all).map(({ ending }) => ending);
  expect(
    told({ instances: [machine({ status: 'Running', isRecycling: true })], registration: online }),
  ).toEqual(['taken back']);
  expect(told({ isGone: true })).toEqual(['gone']);
  expect(told({ instances: [machine({ status: 'Running' })] })).toEqual([]);
  expect(told({ isGone: true }, [{ entry: build.jobEntry(1), rev: 'r' }]), 'that one is a waste').toEqual([]);
  const retired = { ...runner, state: 'retiring' as const, removedAtMs: 2 };
  expect(told({ isGone: true }, jobs, retired), 'we deleted it').toEqual([]);
});

test('a runner that had waited long, and whose job ended sooner than a sweep, is a success of now', () => {
  const ran = build.job(3, { createdAtMs: NOW_MS - MINUTE_MS });
  const hot = build.runnerEntry('1-1', { state: 'retiring', onlineAtMs: NOW_MS - 60 * MINUTE_MS, ran });
  expect(lastSuccessMs([hot])).toBe(NOW_MS - MINUTE_MS);
  expect(lastSuccessMs([{ ...hot, takenAtMs: NOW_MS - 30_000 }])).toBe(NOW_MS - 30_000);
  expect(lastSuccessMs([{ ...hot, ran: null }])).toBe(0);
});
