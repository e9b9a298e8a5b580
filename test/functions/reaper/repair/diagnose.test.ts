/** Each diagnosis has its row: what three sides say of a runner, and what is done about it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../../functions/reaper/repair/diagnose.ts';
import { isUsable } from '../../../../functions/reaper/repair/usable.ts';
import type { Observation } from '../../../../functions/reaper/survey/observe.ts';
import {
  ago,
  at,
  busy,
  COVERAGE,
  has,
  launching,
  machine,
  observed,
  offline,
  online,
  ROWS,
  works,
} from './diagnose-rows.ts';

describe.each(Object.keys(ROWS))('%s:', (group) => {
  for (const [name, observation, kind, some = {}] of ROWS[group] ?? [])
    test(name, () => {
      const { kind: found, because } = diagnose({ ...COVERAGE, ...some }, observation);
      expect(found, because).toBe(kind);
      expect(because, 'a clause').toMatch(/^([a-z]|GitHub)|^$/);
    });
});

// biome-ignore format: a table reads best as a table.
test.each<[name: string, observation: Observation, usable: boolean]>([
  ['under lease', observed(launching({ leaseUntilMs: ago(-1) })), true],
  ['after its lease, without a machine', observed(launching({})), false],
  ['booting in time', observed(at('booting', 9), has), true],
  ['booting too long', observed(at('booting', 11), has), false],
  ['booting too long, and online', observed(at('booting', 11), { ...has, registration: online }), true],
  ['idle and online', observed(at('idle', 1), { ...has, registration: online }), true],
  ['idle and offline', observed(at('idle', 1), { ...has, registration: offline }), false],
  ['taken off GitHub', observed(at('idle', 1, { removedAtMs: ago(1) }), { ...has, registration: online }), false],
  ['unwanted', observed(at('booting', 1, { isUnwanted: true }), has), false],
  ['on a machine that spot takes back', observed(at('idle', 1), { instances: [machine({ isRecycling: true })], registration: online }), false],
  ['busy', observed(works, has), false],
  ['busy by GitHub alone', observed(at('idle', 1), { ...has, registration: busy }), false],
  ['retiring', observed(at('retiring', 1), has), false],
  ['gone', observed(at('booting', 4), { isGone: true }), false],
  ['unknown', observed(null, has), false],
])('whether a runner may still take a job: %s', (_, observation, usable) => {
  expect(isUsable(COVERAGE, observation)).toBe(usable);
});

test('no incomplete list, and no word of GitHub’s alone, ever deletes what the ledger knows as busy', () => {
  for (const instancesComplete of [true, false])
    for (const registrationsComplete of [true, false])
      for (const registration of [null, offline, online, busy])
        for (const idleSightings of [0, 1, 2, 3]) {
          const moment = { ...COVERAGE, instancesComplete, registrationsComplete };
          const given = observed({ ...works, idleSightings }, { ...has, registration, isJobOpen: true });
          expect(['keep', 'ask']).toContain(diagnose(moment, given).kind);
        }
});

/** As they are written: quoted clauses; of a template, what follows its first part. */
function reasonsIn(source: string): string[] {
  const clause = /['`](?:\$\{because\}|(?=(?:it|its|a|the|nobody|no|less|GitHub) ))([^'`\n]* [^'`\n]*)['`]/g;
  return [...source.matchAll(clause)].map(([, text = '']) => text);
}

test('every reason that a diagnosis may give has a row', () => {
  const sourceOf = (name: string) =>
    readFileSync(join(import.meta.dirname, '../../../../functions/reaper/repair', name), 'utf8');
  const source = ['diagnose.ts', 'launching.ts'].map(sourceOf).join('\n');
  const given = Object.values(ROWS)
    .flat()
    .map(([, observation, , some = {}]) => diagnose({ ...COVERAGE, ...some }, observation).because);
  const reasons = reasonsIn(source);
  expect(reasons.length).toBeGreaterThan(30);
  const isGiven = (reason: string) =>
    given.some((because) => because.endsWith(reason) || because.startsWith(`${reason};`));
  expect(reasons.filter((reason) => !isGiven(reason))).toEqual([]);
});
