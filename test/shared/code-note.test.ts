/** Whose code a run is of: many functions, one call. */
import { expect, test } from 'vitest';
import { codeOver } from '../../shared/adapters/github/code.ts';
import { codeMemory, forgetCodes } from '../../shared/code-note.ts';
import { CODE_CLAIM_MS, CODE_KEPT_MS, CODE_WAIT_MAX_MS } from '../../shared/github-limits.ts';
import type { RunId, RunRecord } from '../../shared/nouns.ts';
import { openReaper } from '../functions/reaper/fixture.ts';

const RUN = 7 as RunId;
const TARGET = { owner: 'acme', repository: null, installationId: null };
const OWN = { repositoryId: 1, headRepositoryId: 1 } as RunRecord;
const FORKED = { repositoryId: 1, headRepositoryId: 2 } as RunRecord;

/** `answers`: GitHub's, one after the other; each takes a moment. */
function open(answers: readonly (RunRecord | null | Error)[]) {
  const { world, clock, pass } = openReaper();
  let asked = 0;
  const run = async () => {
    const answer = answers[asked++] ?? null;
    await clock.sleep(300);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const launcher = () => {
    const memory = { code: codeMemory(world.ledger, clock) };
    const { codeOf } = codeOver(run, { clock, memory, pause: (ms) => clock.sleep(ms) });
    return codeOf(TARGET, 'acme/app', RUN).catch(({ message }: Error) => message);
  };
  /** So many launchers at once, each with a memory of its own. */
  const launchers = async (count: number) => {
    const all = Promise.all(Array.from({ length: count }, launcher));
    await pass(2 * CODE_WAIT_MAX_MS);
    return all;
  };
  return { launchers, asked: () => asked, world, clock, pass };
}

test('twenty that ask at once make one call; and those that come later, none', async () => {
  const { launchers, asked } = open([FORKED]);
  expect(await launchers(20)).toEqual(Array(20).fill('fork'));
  expect(await launchers(5)).toEqual(Array(5).fill('fork'));
  expect(asked()).toBe(1);
});

test('what GitHub did not know, or did not say, is asked by whoever comes next, and told to nobody as an answer', async () => {
  const { launchers, asked } = open([null, new Error('502'), OWN]);
  expect(await launchers(1)).toEqual([null]);
  expect(await launchers(1)).toEqual(['502']);
  expect(await launchers(3)).toEqual(['own', 'own', 'own']);
  expect(asked()).toBe(3);
});

test('who died before the answer keeps nobody waiting: another asks', async () => {
  const { launchers, asked, world, clock, pass } = open([OWN]);
  expect(await codeMemory(world.ledger, clock).claim(RUN)).toMatchObject({ kind: 'mine' });
  await pass(CODE_CLAIM_MS / 2);
  expect(await launchers(4)).toEqual(Array(4).fill('own'));
  expect(asked()).toBe(1);
});

test('where the answer never comes, each asks for himself', async () => {
  const { clock, pass } = openReaper();
  const code = { claim: async () => ({ kind: 'asked' as const }) };
  const { codeOf } = codeOver(async () => FORKED, {
    ...{ clock, memory: { code } },
    pause: (ms) => clock.sleep(ms),
  });
  const answer = codeOf(TARGET, 'acme/app', RUN);
  await pass(CODE_WAIT_MAX_MS + 1_000);
  expect(await answer).toBe('fork');
});

test('the sweep forgets them when the jobs of a run have come, and not before they are over', async () => {
  const { launchers, asked, world, clock, pass } = open([OWN, OWN]);
  await launchers(1);
  const kept = async (...live: RunId[]) => {
    await forgetCodes(new Set(live), { ledger: world.ledger, clock });
    return (await world.ledger.notes.list(9)).things.length;
  };
  expect(await kept()).toBe(1);
  await pass(4 * CODE_KEPT_MS);
  expect(await kept(RUN)).toBe(1);
  expect(await launchers(3)).toEqual(['own', 'own', 'own']);
  expect(asked()).toBe(1);
  expect(await kept(8 as RunId)).toBe(0);
  expect(await launchers(1)).toEqual(['own']);
  expect(asked()).toBe(2);
});
