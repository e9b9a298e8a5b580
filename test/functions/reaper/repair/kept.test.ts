/** A machine that is kept, and in no list: it may be young, and is never asked to go. */
import { expect, test } from 'vitest';
import { close } from '../../../../functions/reaper/repair/close.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { openReaper, QUIET } from '../fixture.ts';
import { observed } from './diagnose-rows.ts';

const NAME = build.runnerName('77-1');
const SPENT: RunnerEntry = build.runnerEntry('77-1', {
  ...{ state: 'retiring', instanceId: 'i-1', region: 'cn-hangzhou', ran: build.job(77) },
});

/** Which machines were asked to go, and whether it was closed in this sweep and in the next. */
async function closedWith(entry: RunnerEntry) {
  const asked: string[] = [];
  const terminate = async (_region: string, id: string) => {
    asked.push(id);
    return 'gone' as const;
  };
  const { world } = openReaper({ ...QUIET, instances: { terminate } });
  await world.ledger.runners.add(NAME, entry);
  const isClosed: boolean[] = [];
  for (let sweep = 0; sweep < 2; sweep++) {
    const held = await world.ledger.runners.read(NAME);
    if (held !== null) await close(held, { ...observed(held.entry, { isGone: true }), held }, world);
    isClosed.push((await world.ledger.runners.read(NAME)) === null);
  }
  return { asked, isClosed };
}

test('what no list shows is asked to go once more, and closed when it is gone', async () => {
  expect(await closedWith(SPENT)).toEqual({ asked: ['i-1'], isClosed: [true, true] });
});

test.each(['operator', 'debug'] as const)(
  'kept (%s) it is closed when a second sweep sees the same',
  async (by) => {
    const kept = { ...SPENT, keep: { untilMs: START_MS + 60_000, by } };
    expect(await closedWith(kept)).toEqual({ asked: [], isClosed: [false, true] });
  },
);
