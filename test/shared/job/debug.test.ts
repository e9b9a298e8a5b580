/** The label `debug`: whose job it keeps a machine for. */
import { expect, test } from 'vitest';
import { keptToDebug } from '../../../functions/reaper/events/kept-to-debug.ts';
import { asksDebug } from '../../../shared/job/debug.ts';
import { parseLabels } from '../../../shared/job/labels.ts';
import { DEBUG_KEPT_MS } from '../../../shared/runner/limits.ts';
import { configOf } from '../../world/in-process.ts';
import { build } from '../ledger/builders.ts';

const BASE = ['self-hosted', 'aliyun', 'arm64'];
const allowed = configOf({ defaults: { debug: 'allow' } });
const profiled = configOf({ defaults: { debug: 'allow' }, profiles: { Debug: { cpu: 4 } } });

// biome-ignore format: a table reads best as a table.
test.each([
  ['a label where it is allowed', ['DEBUG'], allowed, true],
  ['no label', [], allowed, false],
  ['a label where it is refused', ['debug'], configOf(), false],
  ['a profile of that name', ['debug'], profiled, false],
  ['a base label of that name', ['debug'], configOf({ defaults: { debug: 'allow' }, baseLabels: ['debug'] }), false],
])('%s', (_what, more, config, asks) => {
  expect(asksDebug([...BASE, ...more], config)).toBe(asks);
});

test('it is understood where it is allowed, and changes nothing of what is asked for', () => {
  const plain = parseLabels(BASE, null, allowed);
  expect(parseLabels([...BASE, 'debug'], null, allowed)).toEqual(plain);
  expect(parseLabels([...BASE, 'debug'], null, profiled)).toMatchObject({
    requirements: { profile: 'Debug' },
  });
});

const AT_MS = Date.UTC(2026, 10, 29);
const entryWith = (some: object) =>
  build.runnerEntry(1, { labels: [...BASE, 'debug'], releaseAtMs: AT_MS + 5 * 3_600_000, ...some });
const untilOf = (some: object, conclusion = 'failure', config = allowed) =>
  keptToDebug(entryWith(some), { conclusion, completedAtMs: AT_MS }, config).keep?.untilMs ?? null;

// biome-ignore format: a table reads best as a table.
test.each<[string, number | null, number | null]>([
  ['one that failed stays for half an hour', untilOf({}), AT_MS + DEBUG_KEPT_MS],
  ['one that succeeded does not', untilOf({}, 'success'), null],
  ['nor one that was cancelled', untilOf({}, 'cancelled'), null],
  ['nor one without the label', untilOf({ labels: BASE }), null],
  ['nor where it is allowed no more', untilOf({}, 'failure', configOf()), null],
  ['none outlives the cloud’s release', untilOf({ releaseAtMs: AT_MS + 60_000 }), AT_MS + 60_000],
  ['a person who kept it for longer stands', untilOf({ keep: { untilMs: AT_MS + 3_600_000, by: 'operator' } }), null],
  ['a machine that is released already is not kept', untilOf({ releaseAtMs: AT_MS }), null],
])('%s', (_what, until, expected) => {
  expect(until).toBe(expected);
});
