/** A list that lacks a check is no proof that there is none: a second one would stand on the commit for ever. */
import { describe, expect, test } from 'vitest';
import type { CheckOutcome, CheckSight } from '../../../../../shared/check-runs/check-runs.ts';
import { CALL_MAX_MS } from '../../../../../shared/limits.ts';
import { CHECK_KEPT_MS, CHECK_LOOKS_APART_MS } from '../../../../../shared/story/limits.ts';
import type { Fault } from '../../../../../simulator/github/index.ts';
import { MINUTE_MS, OURS } from '../../../../cli/explain/fixture.ts';
import { opened, plan, queueRun, titles } from './fixture.ts';
import { openOneRun } from './one-run.ts';

/** Making the first check goes wrong so, and the next look at the commit's checks lacks it. */
function thenUnseen(fault: Fault) {
  let [isMade, isLooked] = [false, false];
  return {
    faults(method: string, path: string): Fault | null {
      if (!path.includes('/check-runs')) return null;
      if (method === 'POST' && !isMade) {
        isMade = true;
        return fault;
      }
      if (method !== 'GET' || !isMade || isLooked) return null;
      isLooked = true;
      return { kind: 'empty-page' };
    },
  };
}

// biome-ignore format: a table reads best as a table.
const UNCLEAR: readonly [what: string, fault: Fault][] = [
  ['cannot be read', { kind: 'truncated' }],
  ['was lost', { kind: 'hang-up', effect: 'after' }],
  ['came too late', { kind: 'timeout', effect: 'after', ms: 60_000 }],
];

test.each(UNCLEAR)('GitHub’s answer to making it %s, and the next list lacks it: no second one', (_, fault) =>
  opened({ github: thenUnseen(fault) }, async (world) => {
    queueRun(world, [plan('build', OURS, 4)]);
    await world.pass(30 * MINUTE_MS);
    expect(world.github.checkRuns()).toHaveLength(1);
    expect(titles(world)[0]).toMatch(/^Succeeded on ci-runner-arm64-spot-/);
  }),
);

test('lists that are always a while behind: no second one', () => {
  let isMade = false;
  const faults = (method: string, path: string): Fault | null => {
    const isFirst = method === 'POST' && path.includes('/check-runs') && !isMade;
    isMade ||= isFirst;
    return isFirst ? { kind: 'truncated' } : null;
  };
  return opened({ github: { faults, behaviour: { checkListLagMs: 200_000 } } }, async (world) => {
    queueRun(world, [plan('build', OURS, 4)]);
    await world.pass(30 * MINUTE_MS);
    expect(isMade).toBe(true);
    expect(world.github.checkRuns()).toHaveLength(1);
  });
});

const MADE: CheckOutcome = { kind: 'written', checkId: 3 };

/** What lists show, and what becomes of each write, in turn; then nothing, and all is well. */
function play(sights: readonly CheckSight['kind'][], writes: readonly (CheckOutcome | null)[], ageMs = 0) {
  const [seen, left] = [[...sights], [...writes]];
  const one = openOneRun(
    {
      findCheck: async () => (seen.shift() === 'seen' ? { kind: 'seen', checkId: 3 } : { kind: 'unseen' }),
      writeCheck: async () => {
        const outcome = left.length > 0 ? left.shift() : MADE;
        // As where the function dies here: nothing more is written.
        if (outcome === null || outcome === undefined) throw new Error('no answer');
        return outcome;
      },
    },
    ageMs,
  );
  /** What was asked of GitHub: `made`, or `changed`. */
  const writesOf = () => one.told.map(({ checkId }) => (checkId === null ? 'made' : 'changed'));
  const later = async (ms: number) => {
    await one.at.pass(ms);
    return one.tell();
  };
  return { ...one, writesOf, later };
}

describe('a check that was to be made, and whose making has no answer', () => {
  test('is changed where a later look shows it', async () => {
    const { tell, later, writesOf, read } = play(['unseen', 'unseen', 'seen'], [null]);
    expect([await tell(), await later(60_000), await later(60_000)]).toEqual([
      'failed',
      'nothing',
      'written',
    ]);
    expect(writesOf()).toEqual(['made', 'changed']);
    expect((await read()).entry.checkId).toBe(3);
  });

  test('is changed where two lists in a row lack it, and the one that is asked to be sure shows it (seed 940694)', async () => {
    const { tell, later, writesOf } = play(['unseen', 'unseen', 'unseen', 'seen'], [null]);
    expect([await tell(), await later(60_000), await later(60_000)]).toEqual([
      'failed',
      'nothing',
      'written',
    ]);
    expect(writesOf()).toEqual(['made', 'changed']);
  });

  test('is made anew after two looks that are apart, and by none before', async () => {
    const { tell, later, writesOf } = play([], [null]);
    await tell();
    await later(1_000);
    await later(CHECK_LOOKS_APART_MS - 1_000);
    expect(writesOf()).toEqual(['made']);
    expect(await later(1_000)).toBe('written');
    expect(writesOf()).toEqual(['made', 'made']);
  });

  test('is looked for twice again when that has no answer either', async () => {
    const { tell, later, writesOf } = play([], [null, null]);
    await tell();
    for (let sweep = 0; sweep < 3; sweep++) await later(60_000);
    expect(writesOf()).toEqual(['made', 'made']);
    await later(60_000);
    expect(writesOf()).toEqual(['made', 'made', 'made']);
  });

  test('what a row of an earlier version says of it is no proof', async () => {
    const { tell, later, writesOf, at, read } = play([], [null]);
    await tell();
    const before = await read();
    const { absentSinceMs: _, owedSinceMs: __, ...earlier } = before.entry;
    await at.world.ledger.checks.replace('7-1', before, earlier);
    await later(60_000);
    expect(writesOf()).toEqual(['made']);
    await later(60_000);
    expect(writesOf()).toEqual(['made', 'made']);
  });
});

test('two looks are further apart than a call that was under way at the first can last', () => {
  expect(CHECK_LOOKS_APART_MS).toBeGreaterThan(CALL_MAX_MS);
});

test('where GitHub says that a check is gone, one look that lacks it, too, makes none', async () => {
  const gone: CheckOutcome = { kind: 'refused', because: '404', isGone: true };
  const { tell, later, writesOf, at, read } = play(['unseen', 'unseen', 'seen'], [MADE, gone]);
  await tell();
  const told = await read();
  await at.world.ledger.checks.replace('7-1', told, { ...told.entry, said: '' });
  await later(60_000);
  await later(60_000);
  expect(writesOf()).toEqual(['made', 'changed']);
  await later(60_000);
  expect(writesOf()).toEqual(['made', 'changed', 'changed']);
});

test('of a run so old that its entry may have been dropped, one look proves nothing', async () => {
  const { tell, later, writesOf } = play(['unseen', 'seen'], [], CHECK_KEPT_MS);
  await tell();
  expect(writesOf()).toEqual([]);
  await later(60_000);
  expect(writesOf()).toEqual(['changed']);
});
