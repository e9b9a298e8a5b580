/** What stood stopped and was started is in lists that are older than its start: no state of its runner makes that proof. */
import { expect, test } from 'vitest';
import { observe } from '../../../../functions/reaper/survey/observe.ts';
import type { Survey } from '../../../../functions/reaper/survey/survey.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import { TAG } from '../../../../shared/names.ts';
import type { JobId } from '../../../../shared/nouns.ts';
import { START_VISIBLE_MS } from '../../../../shared/warm/limits.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { configOf } from '../../../world/in-process.ts';
import { COVERAGE, machine } from '../repair/diagnose-rows.ts';

const { nowMs } = COVERAGE;
const name = build.runnerName('1-1');

/** As a sweep sees one machine, which the list has as Stopped. */
function statusOf(some: Partial<RunnerEntry>): string | undefined {
  const stopped = machine({ status: 'Stopped', name, tags: { [TAG.name]: name } });
  const entry = build.runnerEntry('1-1', { instanceId: stopped.id, leaseUntilMs: 1, ...some });
  const seen: Survey = {
    ...{
      atMs: nowMs,
      gone: new Set<string>(),
      jobs: [],
      runners: [{ entry, rev: 'r' }],
      ledgerComplete: true,
    },
    ...{ instances: [stopped], instancesComplete: true, wholeRegions: new Set<string>() },
    ...{ networks: new Set<string>(), registrations: [], registrationsComplete: true },
    ...{ wholeTargets: new Set<string>(), silentTargets: new Set<string>(), singly: new Set<string>() },
  };
  return observe(seen, configOf())[0]?.instances[0]?.status;
}

test.each([
  ['booting', { state: 'booting' }],
  ['idle, and may get its job at any moment', { state: 'idle' }],
  ['busy: its job began before a list shows its start', { state: 'busy', busyWith: 1 as JobId }],
] as const)('%s', (_, some) => {
  expect(statusOf({ ...some, startedAtMs: nowMs - START_VISIBLE_MS })).toBe('Starting');
  expect(statusOf({ ...some, startedAtMs: nowMs - START_VISIBLE_MS - 1 })).toBe('Stopped');
  expect(statusOf(some)).toBe('Stopped');
});

test('one that is to be deleted is deleted: ECS says whether it can be', () => {
  expect(statusOf({ state: 'retiring', startedAtMs: nowMs })).toBe('Stopped');
});
