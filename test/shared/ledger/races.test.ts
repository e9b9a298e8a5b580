import { expect, test } from 'vitest';
import { ledgerOn } from '../../../shared/adapters/tablestore/ledger.ts';
import { withRetries } from '../../../shared/adapters/tablestore/retries.ts';
import type { Table } from '../../../shared/adapters/tablestore/table.ts';
import type { Ledger, SlotOutcome } from '../../../shared/ledger/ledger.ts';
import { CALL_TRIES_MAX } from '../../../shared/limits.ts';
import type { JobId } from '../../../shared/nouns.ts';
import type { Fault, TableStore } from '../../../simulator/tablestore/index.ts';
import { tableOf } from '../../../simulator/tablestore/index.ts';
import fc from '../../fast-check.ts';
import { build } from './builders.ts';
import { scheduled } from './scheduling.ts';
import { inProcess, NO_WAIT, START_MS, tokens } from './transports.ts';

const ONE = 1 as JobId;
/** One ledger for each invocation, all on one store, their requests interleaved by the scheduler. */
function invocations(store: TableStore, scheduler: fc.Scheduler, count: number): Ledger[] {
  const newToken = tokens();
  const table = (name: string): Table => withRetries(scheduled(tableOf(store, name), scheduler), NO_WAIT);
  return Array.from({ length: count }, () =>
    ledgerOn({ ledger: table('ledger'), history: table('history') }, newToken),
  );
}

/** The truth, past the scheduler and the faults. */
function truth(store: TableStore): Ledger {
  store.faults = null;
  return ledgerOn({ ledger: tableOf(store, 'ledger'), history: tableOf(store, 'history') }, tokens('truth'));
}

test('two launchers open one job, and two sweeps take one that is due: one winner, in ten thousand interleavings', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const { store } = inProcess();
      const ledgers = invocations(store, scheduler, 2);
      const opened = await scheduler.waitFor(
        Promise.all(ledgers.map(({ jobs }, at) => jobs.add(ONE, build.jobEntry(1, { launches: at })))),
      );
      expect(opened.filter((held) => held !== null)).toHaveLength(1);
      const taken = await scheduler.waitFor(
        Promise.all(
          ledgers.map(async ({ jobs }, at) => {
            const due = await jobs.read(ONE);
            return due && jobs.replace(ONE, due, { ...due.entry, launches: 10 + at });
          }),
        ),
      );
      // Both may win only if one read what the other had written.
      const winners = taken.filter((held) => held !== null);
      const now = await truth(store).jobs.read(ONE);
      expect(winners).toContainEqual(now);
      if (winners.length === 2) expect(now?.rev.split(' ')).toHaveLength(3);
    }),
    { numRuns: 10_000 },
  );
});

test('slots never exceed the limit and none is lost, in ten thousand interleavings of taking and handing back twice', async () => {
  const limits = build.limits({ runners: 2, perProfile: 1, perRepository: 2 });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const { store } = inProcess();
      const ledgers = invocations(store, scheduler, 3);
      const requests = ledgers.map((_, at) => build.slot(at, { profile: at === 0 ? null : 'big' }));
      const lives = ledgers.map(async ({ capacity }, at): Promise<SlotOutcome> => {
        const request = requests[at] as (typeof requests)[0];
        const outcome = await capacity.take(request, limits, START_MS);
        if (outcome.kind === 'taken' && at !== 2)
          await Promise.all([capacity.handBack(request.name), capacity.handBack(request.name)]);
        return outcome;
      });
      const outcomes = scheduler.waitFor(Promise.all(lives));
      await expectSlots(store, await outcomes, limits.runners);
    }),
    { numRuns: 10_000 },
  );
});

/** Of three who came, the first two handed back what they had. */
async function expectSlots(store: TableStore, outcomes: readonly SlotOutcome[], most: number): Promise<void> {
  expect(outcomes.filter(({ kind }) => kind === 'taken').length).toBeGreaterThan(0);
  const { capacity } = truth(store);
  const left = outcomes[2]?.kind === 'taken' ? 1 : 0;
  const view = await capacity.view();
  expect([view.total, view.slots.length]).toEqual([left, left]);
  if (left === 1) await capacity.handBack(build.runnerName(2));
  const limits = build.limits({ runners: most, perProfile: 1, perRepository: 2 });
  const again = ['a', 'b', 'c'].map((name) => build.slot(name, { profile: name === 'a' ? 'big' : null }));
  const kinds = [];
  for (const request of again) kinds.push((await capacity.take(request, limits, START_MS)).kind);
  expect(kinds, 'the same slots can be had again').toEqual(['taken', 'taken', 'full']);
}

const FAULTS: readonly (Fault | null)[] = [
  null,
  null,
  'lost-after',
  'lost-before',
  'timeout-after',
  'timeout-before',
  'conflict',
  'conflict',
];

test('the same holds while the store loses replies and requests on the way', async () => {
  const limits = build.limits({ runners: 2 });
  const faults = fc.array(fc.constantFrom(...FAULTS), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), faults, async (scheduler, planned) => {
      const { store } = inProcess();
      const ledgers = invocations(store, scheduler, 3);
      const left = [...planned];
      // One more, and a call that met them all would rightly give up.
      let unknown = CALL_TRIES_MAX - 1;
      store.faults = () => {
        const fault = left.shift() ?? null;
        if (fault === null || fault === 'conflict') return fault;
        return unknown-- > 0 ? fault : null;
      };
      const taking = ledgers.map(({ capacity }, at) => capacity.take(build.slot(at), limits, START_MS));
      const outcomes = await scheduler.waitFor(Promise.all(taking));
      const view = await truth(store).capacity.view();
      const holders = outcomes.flatMap(({ kind }, at) => (kind === 'taken' ? [build.runnerName(at)] : []));
      expect(view.slots.map(({ name }) => name).sort()).toEqual(holders.sort());
      expect(view.total).toBe(2);
    }),
    { numRuns: 3_000 },
  );
});
