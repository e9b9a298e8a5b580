/** Entries: who wins, who learns that it lost, and which moves there are. */
import { describe, expect, test } from 'vitest';
import type { RunnerState } from '../../../../shared/ledger/entries.ts';
import type { Ledger } from '../../../../shared/ledger/ledger.ts';
import type { JobId, RunId } from '../../../../shared/nouns.ts';
import { build, held } from '../builders.ts';
import { type Open, on } from './opening.ts';

const ONE = 1 as JobId;

export function entriesContract(open: Open): void {
  describe('entries', () => {
    test(
      'of several who add one entry exactly one wins',
      on(open, async ({ jobs }) => {
        const because = ['a', 'b', 'c', 'd', 'e'];
        const answers = await Promise.all(
          because.map((text) => jobs.add(ONE, build.jobEntry(1, { because: text }))),
        );
        const winners = answers.filter((answer) => answer !== null);
        expect(winners).toHaveLength(1);
        expect(await jobs.read(ONE)).toEqual(winners[0]);
      }),
    );

    test(
      'kinds that stand next to each other are listed together',
      on(open, async (ledger) => {
        await ledger.capacity.take(build.slot(1), build.limits(), Date.UTC(2026, 4, 4));
        await ledger.jobs.add(ONE, build.jobEntry(1));
        await ledger.runners.add(build.runnerName(1), build.runnerEntry(1));
        await ledger.notes.add('a', { text: 'b', untilMs: null });
        const [jobs, runners] = [await ledger.together('jobs', 10), await ledger.together('runners', 10)];
        expect(jobs).toMatchObject({ job: [{ id: '1' }], runner: [], note: [], complete: true });
        expect(jobs.capacity?.slots).toHaveLength(1);
        expect(runners.runner).toEqual([
          { id: build.runnerName(1), ...(await ledger.runners.read(build.runnerName(1))) },
        ]);
        expect((await ledger.together('notes', 10)).note).toMatchObject([{ id: 'a', entry: { text: 'b' } }]);
      }),
    );

    test(
      'an entry reads as it was written',
      on(open, async ({ jobs, runners, reruns, notes }) => {
        const rerun = {
          runId: 10 as RunId,
          repository: 'acme/kernel',
          installationId: null,
          attempt: 2,
          interrupted: [ONE],
          asked: false,
          createdAtMs: 5,
        };
        await jobs.add(ONE, build.jobEntry(1));
        await runners.add(build.runnerName(1), build.runnerEntry(1));
        await reruns.add(rerun.runId, rerun);
        await notes.add('cursor', { text: '„ende“ 終 🏁', untilMs: null });
        expect((await jobs.read(ONE))?.entry).toEqual(build.jobEntry(1));
        expect((await runners.read(build.runnerName(1)))?.entry).toEqual(build.runnerEntry(1));
        expect((await reruns.read(rerun.runId))?.entry).toEqual(rerun);
        expect((await notes.read('cursor'))?.entry).toEqual({ text: '„ende“ 終 🏁', untilMs: null });
      }),
    );

    test(
      'what was never added is not there, whatever another kind has under the same id',
      on(open, async ({ jobs, reruns }) => {
        await jobs.add(ONE, build.jobEntry(1));
        expect(await reruns.read(1 as RunId)).toBeNull();
        expect((await reruns.list(10)).things).toEqual([]);
      }),
    );

    test(
      'of several who replace what they read exactly one wins',
      on(open, async ({ jobs }) => {
        const first = held(await jobs.add(ONE, build.jobEntry(1)));
        const tries = [2, 3, 4, 5].map((launches) => jobs.replace(ONE, first, { ...first.entry, launches }));
        const winners = (await Promise.all(tries)).filter((answer) => answer !== null);
        expect(winners).toHaveLength(1);
        expect(await jobs.read(ONE)).toEqual(winners[0]);
      }),
    );

    test(
      'who replaced may replace again with what it got back',
      on(open, async ({ jobs }) => {
        let now = held(await jobs.add(ONE, build.jobEntry(1)));
        for (let launches = 2; launches < 9; launches++)
          now = held(await jobs.replace(ONE, now, { ...now.entry, launches }));
        expect((await jobs.read(ONE))?.entry.launches).toBe(8);
      }),
    );

    test(
      'an entry that is gone is not brought back by replacing it',
      on(open, async ({ jobs }) => {
        const first = held(await jobs.add(ONE, build.jobEntry(1)));
        await jobs.remove(ONE, first);
        expect(await jobs.replace(ONE, first, first.entry)).toBeNull();
        expect(await jobs.read(ONE)).toBeNull();
      }),
    );

    test(
      'an entry that has changed is not removed',
      on(open, async ({ jobs }) => {
        const first = held(await jobs.add(ONE, build.jobEntry(1)));
        const second = held(await jobs.replace(ONE, first, { ...first.entry, launches: 2 }));
        expect(await jobs.remove(ONE, first)).toBe(false);
        expect(await jobs.read(ONE)).toEqual(second);
      }),
    );

    test(
      'removing twice is as good as once, and the id is free again',
      on(open, async ({ jobs }) => {
        const first = held(await jobs.add(ONE, build.jobEntry(1)));
        expect([await jobs.remove(ONE, first), await jobs.remove(ONE, first)]).toEqual([true, true]);
        const again = held(await jobs.add(ONE, build.jobEntry(1, { launches: 9 })));
        expect(await jobs.remove(ONE, first), 'the new one is another entry').toBe(false);
        expect(await jobs.read(ONE)).toEqual(again);
      }),
    );

    test(
      'a list has all of its kind, over several pages, and says when it was cut',
      on(open, async ({ jobs, runners }) => {
        const ids = Array.from({ length: 520 }, (_, at) => at + 1);
        await runners.add(build.runnerName(1), build.runnerEntry(1));
        for (let at = 0; at < ids.length; at += 40)
          await Promise.all(ids.slice(at, at + 40).map((id) => jobs.add(id as JobId, build.jobEntry(id))));
        const all = await jobs.list(1_000);
        expect(all.complete).toBe(true);
        expect(all.things.map(({ entry }) => entry.job.id).sort((a, b) => a - b)).toEqual(ids);
        const some = await jobs.list(510);
        expect([some.things.length, some.complete]).toEqual([510, false]);
      }),
    );
  });

  describe('moves of a runner', () => {
    const STATES: readonly RunnerState[] = ['launching', 'booting', 'idle', 'busy', 'retiring'];
    // Read downwards from, across to. A copy on purpose: who changes the table of moves is asked twice.
    // biome-ignore format: a table reads best as a table.
    const LEGAL: Record<RunnerState, string> = {
      launching: '+++++',
      booting:   '+++++',
      idle:      '--+++',
      busy:      '---++',
      retiring:  '----+',
    };
    const moves = STATES.flatMap((from) =>
      STATES.map((to, at) => ({ from, to, isLegal: LEGAL[from][at] === '+' })),
    );

    /** The refusal, or null. */
    async function tryMove({ runners }: Ledger, from: RunnerState, to: RunnerState): Promise<string | null> {
      const name = build.runnerName(`${from}-${to}`);
      const before = held(await runners.add(name, build.runnerEntry(`${from}-${to}`, { state: from })));
      const refusal = await runners.replace(name, before, { ...before.entry, state: to }).then(
        () => null,
        (error: Error) => error.message,
      );
      const now = (await runners.read(name))?.entry.state;
      expect(now, `${from} → ${to}`).toBe(refusal === null ? to : from);
      return refusal;
    }

    test(
      'the listed ones are made, and every other is refused with nothing written',
      on(open, async (ledger) => {
        for (const { from, to, isLegal } of moves) {
          const refusal = await tryMove(ledger, from, to);
          expect(refusal ?? 'made', `${from} → ${to}`).toContain(isLegal ? 'made' : `from ${from} to ${to}`);
        }
      }),
    );
  });
}
