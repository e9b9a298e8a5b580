/** The list that is redrawn in place. */
import { expect, test } from 'vitest';
import { type LiveState, readLiveState } from '../../../cli/list/live-state.ts';
import { frameOf, summaryOf, watch } from '../../../cli/list/watch.ts';
import { PIPE } from '../../../cli/shared/screen/screen.ts';
import { build } from '../../shared/ledger/builders.ts';
import { open, operatorOf } from '../explain/fixture.ts';

const EMPTY: LiveState = {
  ...{
    atMs: 100_000,
    sweptAtMs: 60_000,
    stop: null,
    slots: { taken: 2, limit: 100 },
    quotas: [],
    currency: 'CNY',
  },
  ...{ alerts: [], runners: [], jobs: [], refused: [], isRefusedComplete: true },
};

/** Each answer is read once; an error is thrown. */
async function drawn(answers: readonly (LiveState | Error)[], rows = 40): Promise<string[]> {
  const left = [...answers];
  const written: string[] = [];
  await watch({
    read: async () => {
      const answer = left.shift() ?? EMPTY;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    write: (text) => void written.push(text),
    ...{ rows: () => rows, screen: () => PIPE, nowMs: () => 100_000 },
    isOver: () => left.length === 0,
    sleep: async () => undefined,
  });
  return written;
}

test('it draws over what was there, and gives the terminal back', async () => {
  const [enter, first, second, leave] = await drawn([EMPTY, EMPTY]);
  expect(enter).toContain('\u001b[?1049h');
  expect(first?.startsWith('\u001b[H')).toBe(true);
  expect(first).toMatch(/2 of 100 slots · 0 waiting · CNY 0 an hour · last sweep 40 s ago/);
  expect(second).toBe(first);
  expect(leave).toContain('\u001b[?1049l');
  expect(leave).toContain('\u001b[?25h');
});

test('while the ledger is out of reach, what was last read stays, and says so', async () => {
  const [, , broken] = await drawn([EMPTY, new Error('no\u001b[2J answer')]);
  expect(broken).toContain('could not be read: no [2J answer');
  expect(broken).toContain('What follows is from');
  expect(broken).toContain('No runner is alive.');
});

test('nothing was ever read: it is said, with what to do', async () => {
  const [, broken] = await drawn([new Error('no answer')]);
  expect(broken).toContain('could not be read: no answer. It is tried again; look: npm run doctor');
});

test('the terminal is given back when drawing fails', async () => {
  const written: string[] = [];
  const failing = watch({
    read: async () => EMPTY,
    write: (text) => void written.push(text),
    rows: () => {
      throw new Error('no terminal');
    },
    ...{ screen: () => PIPE, nowMs: () => 0, isOver: () => false, sleep: async () => undefined },
  });
  await expect(failing).rejects.toThrow('no terminal');
  expect(written.at(-1)).toContain('\u001b[?1049l');
});

test.each([
  { lines: 3, rows: 10, shown: 3, more: null },
  { lines: 30, rows: 10, shown: 9, more: '… 22 more lines' },
  { lines: 5, rows: 1, shown: 1, more: '… 5 more lines' },
])('$lines lines on $rows rows', ({ lines, rows, shown, more }) => {
  const frame = frameOf(
    Array.from({ length: lines }, (_, at) => `line ${at}`),
    rows,
  );
  expect(frame.split('\r\n')).toHaveLength(shown);
  expect(frame.includes('more lines')).toBe(more !== null);
  if (more !== null) expect(frame).toContain(more);
});

test('a hostile name moves no cursor, and a machine without a price is said', async () => {
  const world = await open();
  const { ledger, clock } = world.adapters();
  const job = build.job(1, { name: 'a\u001b[2J\u001b[31mb', createdAtMs: clock.nowMs() });
  await ledger.jobs.add(job.id, build.jobEntry(1, { job }));
  const entry = build.runnerEntry('1-1', { state: 'busy', instanceId: 'i-1', busyWith: job.id });
  await ledger.runners.add(entry.name, entry);
  const state = await readLiveState(operatorOf(world));
  const [, frame = ''] = await drawn([state]);
  expect(frame).not.toContain('\u001b[2J');
  expect(frame).not.toContain('\u001b[31m');
  expect(summaryOf(state, state.atMs)).toContain('and 1 of unknown price');
  world.fc.close();
});
