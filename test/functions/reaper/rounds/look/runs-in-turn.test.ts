/** Whose jobs are worth a call. */

import { expect, test } from 'vitest';
import { newLooks, rememberRun, type SeenRun, stampOf } from '../../../../../functions/reaper/looks.ts';
import { worthOf } from '../../../../../functions/reaper/rounds/runs-in-turn.ts';
import type { RunRecord } from '../../../../../shared/nouns.ts';
import { START_MS } from '../../../../world/in-process.ts';
import { runOf } from '../../fixture.ts';

const MINUTE_MS = 60_000;
const NOW_MS = START_MS + 60 * MINUTE_MS;
const run = (some: Partial<RunRecord> = {}) => runOf(1, some);
const seen = (of: RunRecord, some: Partial<SeenRun> = {}): SeenRun => ({
  ...{ atMs: NOW_MS - MINUTE_MS, stamp: stampOf(of), isTaken: true },
  ...{ named: new Map(), hasOurs: true, isStill: false },
  ...some,
});
const young = { createdAtMs: NOW_MS - 60_000, changedAtMs: NOW_MS - 60_000 };
const changed = seen(run({ status: 'queued' }));
const waiting = run({ status: 'waiting' });

// biome-ignore format: a table reads best as a table.
test.each<[string, RunRecord, SeenRun | undefined, isTold: boolean, isPolling: boolean, worth: string | null]>([
  ['a new one that nobody told us of',          run(),      undefined,                          false, false, 'unknown'],
  ['a new one whose deliveries may be coming',  run(young), undefined,                          false, false, null],
  ['a new one that we were told of',            run(),      undefined,                          true,  false, 'told'],
  ['one that changed',                          run(),      changed,                            false, false, 'unknown'],
  ['one that changed, and that we know of',     run(),      changed,                            true,  false, 'told'],
  ['one that changes all the time, not seen for long', run({ changedAtMs: NOW_MS }), seen(run(), { atMs: START_MS }), true, false, 'told'],
  ['one that changes all the time, seen lately', run({ changedAtMs: NOW_MS }), seen(run()),    true,  false, null],
  ['one that is none of ours, and changed',     run(),      { ...changed, hasOurs: false },     false, false, 'told'],
  ['one that did not change',                   run(),      seen(run()),                        false, false, null],
  ['one that was seen, and not taken',          run(),      seen(run(), { isTaken: false }),    false, false, 'unknown'],
  ['one that did not change for long',          run(),      seen(run(), { atMs: START_MS }),    false, false, 'told'],
  ['one that waits for a reviewer, for the first time', waiting, undefined,                     false, false, 'waiting'],
  ['one that waits and changed',                waiting,    changed,                            false, false, 'unknown'],
  ['one that waits, and did not change for days', waiting,  seen(waiting, { atMs: 0 }),         false, false, null],
  ['one that waits, when polling',              waiting,    seen(waiting),                      false, true,  null],
  ['any other, when polling',                   run(young), seen(run(young)),                   true,  true,  'unknown'],
])('%s', (_, of, before, isTold, isPolling, worth) => {
  expect(worthOf(of, before, isTold, isPolling, NOW_MS)).toBe(worth);
});

test('what is remembered of runs is bounded', () => {
  const looks = newLooks();
  for (let id = 1; id <= 25_000; id++) rememberRun(looks, id as never, seen(run()));
  expect([looks.runs.size, looks.runs.has(1 as never), looks.runs.has(25_000 as never)]).toEqual([
    20_000,
    false,
    true,
  ]);
});
