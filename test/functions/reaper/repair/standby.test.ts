/** What a machine that is to be stopped, stands so, or is being started asks for: one row for each diagnosis. */
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../../functions/reaper/repair/diagnose.ts';
import { isUsable, standsBy } from '../../../../functions/reaper/repair/usable.ts';
import type { VerdictKind } from '../../../../functions/reaper/repair/verdict.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import { BOOT_MAX_CUSTOM_MS } from '../../../../shared/limits.ts';
import type { Instance, JobId } from '../../../../shared/nouns.ts';
import { STANDBY_STOP_MAX_MS } from '../../../../shared/warm/limits.ts';
import { ago, COVERAGE, machine, observed, online } from './diagnose-rows.ts';

const entry = (some: Partial<RunnerEntry>): Partial<RunnerEntry> => ({
  ...{ state: 'booting', for: null, warm: 'stamp', stateAtMs: ago(2), instanceId: 'i-1', ...some },
});
const stopping = { stateAtMs: COVERAGE.nowMs - STANDBY_STOP_MAX_MS - 1 };
const rests: Partial<Instance> = { status: 'Stopped', stopsCharging: true };
const bills: Partial<Instance> = { status: 'Stopped' };
const starting = { state: 'launching', standby: 'starting', for: 1 as JobId, leaseUntilMs: ago(6) } as const;

// biome-ignore format: a table reads best as a table.
const ROWS: Record<string, [some: Partial<RunnerEntry>, seen: Partial<Instance> | null, kind: VerdictKind, because: string, more?: object][]> = {
  'while it prepares': [
    [{ standby: 'preparing' }, { status: 'Starting' }, 'keep', 'it is booting'],
    [{ standby: 'preparing' }, null, 'keep', 'it is booting'],
    [{ standby: 'preparing' }, {}, 'rest', 'it may be prepared'],
    [{ standby: 'preparing' }, bills, 'retire', 'its machine stopped before it was prepared'],
    [{ standby: 'preparing' }, rests, 'retire', 'its machine stopped before it was prepared'],
    [{ standby: 'preparing', stateAtMs: COVERAGE.nowMs - BOOT_MAX_CUSTOM_MS - 1 }, {}, 'retire', 'it was never prepared'],
    [{ standby: 'preparing' }, null, 'retire', 'its machine is gone', { isGone: true }],
  ],
  'while it is stopped': [
    [{ standby: 'stopping' }, {}, 'rest', 'it is prepared, and runs'],
    [{ standby: 'stopping' }, { status: 'Stopping' }, 'keep', 'it is being stopped'],
    [{ standby: 'stopping' }, null, 'keep', 'it is being stopped'],
    [{ standby: 'stopping' }, rests, 'stopped', 'it stands stopped'],
    [{ standby: 'stopping', isStopTaken: true }, bills, 'bills-on', 'its stopped machine goes on billing'],
    [{ standby: 'stopping' }, bills, 'retire', 'its machine stopped by itself'],
    [{ standby: 'stopping', ...stopping }, { status: 'Stopping' }, 'retire', 'its stop does not end'],
    [{ standby: 'stopping', ...stopping }, {}, 'retire', 'its stop does not end'],
    [{ standby: 'stopping', ...stopping }, rests, 'stopped', 'it stands stopped'],
  ],
  'while it stands stopped': [
    [{ standby: 'stopped', stateAtMs: ago(300) }, rests, 'keep', 'it stands stopped'],
    [{ standby: 'stopped', stoppedLooks: 3 }, rests, 'keep', 'it stands stopped'],
    [{ standby: 'stopped' }, bills, 'bills-on', 'its stopped machine goes on billing'],
    [{ standby: 'stopped', stateAtMs: ago(3) }, {}, 'dismiss', 'somebody else started its machine'],
    [{ standby: 'stopped', stateAtMs: ago(2) }, {}, 'keep', 'it was seen stopped; this list may be older'],
    [{ standby: 'stopped' }, null, 'keep', 'its instance is in no list, and not proven gone'],
    [{ standby: 'stopped' }, null, 'retire', 'its machine is gone', { isGone: true }],
    [{ standby: 'stopped' }, rests, 'dismiss', 'no pool keeps it', { isWarm: false }],
    [{ standby: 'stopped', isUnwanted: true, because: 'a person wants it so' }, rests, 'dismiss', 'a person wants it so'],
    [{ standby: 'stopped', releaseAtMs: ago(-29) }, rests, 'dismiss', 'its lifetime is over'],
    [{ standby: 'stopped' }, { ...rests, tags: { keep: '' } }, 'keep', 'its instance has the tag keep'],
  ],
  'while it is started': [
    [{ ...starting, leaseUntilMs: ago(-1) }, rests, 'keep', 'its launch is under way'],
    [starting, { status: 'Starting' }, 'keep', 'its launcher is gone; its start may yet be seen'],
    [starting, rests, 'retire', 'its launcher is gone, and it was not started'],
    [starting, {}, 'found', 'its launcher is gone, and its machine is started'],
    // Seed 178: ECS answered nothing, and the machine was forgotten while it stood there.
    [{ ...starting, removedAtMs: ago(6) }, null, 'look-again', 'its launcher is gone; no instance was seen'],
  ],
  'when it is like any other': [
    // A launcher of an earlier release registers it: it is a hot one.
    [{ standby: 'preparing', runnerId: 9 }, {}, 'online', 'it is online', { registration: online }],
    [{ startedAtMs: ago(2), standby: null }, rests, 'retire', 'its machine stopped without a job'],
  ],
};

describe.each(Object.entries(ROWS))('%s', (_, rows) => {
  test.each(rows)('%j, seen as %j: %s, because %s', (some, seen, kind, because, more = {}) => {
    const instances = seen === null ? [] : [machine(seen)];
    const observation = observed(entry(some), {
      instances,
      isWarm: true,
      bootMaxMs: BOOT_MAX_CUSTOM_MS,
      ...more,
    });
    expect(diagnose(COVERAGE, observation)).toMatchObject({ kind, because });
  });
});

test('an abandoned launch without a registration may have an instance, as soon as its launcher noted what it asks for', () => {
  const launching = {
    ...entry({ state: 'launching', standby: 'preparing', instanceId: null }),
    leaseUntilMs: ago(1),
  };
  const removed = { removedAtMs: ago(1) };
  const unasked = diagnose(COVERAGE, observed({ ...launching, ...removed }));
  expect(unasked).toMatchObject({
    kind: 'close',
    because: 'its launcher is gone, and no instance was asked for',
  });
  const asked = diagnose(COVERAGE, observed({ ...launching, ...removed, walks: [] }));
  expect(asked).toMatchObject({
    kind: 'keep',
    because: expect.stringMatching(/a late instance may yet be seen/),
  });
});

test.each([
  [{ standby: 'preparing' }, false, true],
  [{ standby: 'stopped' }, false, true],
  [{ standby: 'stopped', isUnwanted: true }, false, false],
  [{ standby: 'stopped', state: 'retiring' }, false, false],
  [starting, true, false],
  [{ standby: null, startedAtMs: ago(1) }, true, false],
] as const)('%j: a job may count on it: %s; a pool does: %s', (some, usable, standing) => {
  const observation = observed(entry(some), { instances: [machine({ status: 'Starting' })] });
  expect(isUsable(COVERAGE, observation)).toBe(usable);
  expect(standsBy(COVERAGE.surveyAtMs, observation)).toBe(standing);
});
