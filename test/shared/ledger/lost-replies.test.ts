/** Each write of the ledger, with each of its requests in turn lost before or after it was applied. */
import { describe, expect, test } from 'vitest';
import { ledgerOn } from '../../../shared/adapters/tablestore/ledger.ts';
import type { Ledger } from '../../../shared/ledger/ledger.ts';
import { type Fault, tableOf } from '../../../simulator/tablestore/index.ts';
import { build } from './builders.ts';
import { add, ONE, OPERATIONS, type Operation, read } from './operations.ts';
import { inProcess, type LedgerTransport, overTheWire, tokens } from './transports.ts';

const FAULTS: readonly Fault[] = [
  'lost-before',
  'lost-after',
  'timeout-before',
  'timeout-after',
  'busy',
  'conflict',
  'throttled',
];

/** Requests of the act, answer and truth; `fault` hits its nth request. */
async function played(transport: LedgerTransport, operation: Operation, nth: number, fault: Fault | null) {
  const { ledger, store } = transport;
  await operation.prepare?.(ledger);
  let requests = 0;
  store.faults = () => (requests++ === nth ? fault : null);
  const answer = await operation.act(ledger);
  store.faults = null;
  return { requests, answer, truth: await operation.truth(ledger) };
}

const TRANSPORTS = [
  { transport: 'in process', open: async () => inProcess(), faults: FAULTS },
  {
    transport: 'over the wire',
    open: overTheWire,
    faults: ['lost-after', 'timeout-after'] as readonly Fault[],
  },
];

describe.each(TRANSPORTS)('$transport, whatever request of it is lost', ({ open, faults }) => {
  test.each(OPERATIONS)('$name answers the truth', async (operation) => {
    const undisturbed = await once(open, operation, -1, null);
    for (const fault of faults)
      for (let nth = 0; nth < undisturbed.requests; nth++) {
        const { answer, truth } = await once(open, operation, nth, fault);
        expect({ answer, truth }, `${fault} at request ${nth}`).toEqual({
          answer: undisturbed.answer,
          truth: undisturbed.truth,
        });
      }
  });
});

async function once(
  open: () => Promise<LedgerTransport>,
  operation: Operation,
  nth: number,
  fault: Fault | null,
) {
  const transport = await open();
  try {
    return await played(transport, operation, nth, fault);
  } finally {
    await transport.close();
  }
}

describe('when others wrote between the lost reply and the second try', () => {
  /** The first reply is lost; before the second try, `meanwhile` happens. */
  async function interrupted(meanwhile: (truth: Ledger) => Promise<unknown>) {
    const transport = inProcess((table) => {
      let puts = 0;
      return {
        ...table,
        async put(key, columns, condition) {
          if (key[0] === 'job' && puts++ === 1) await meanwhile(truth);
          return table.put(key, columns, condition);
        },
      };
    });
    const truth = ledgerOn(
      { ledger: tableOf(transport.store, 'ledger'), history: tableOf(transport.store, 'history') },
      tokens('other'),
    );
    let requests = 0;
    transport.store.faults = () => (requests++ === 0 ? 'lost-after' : null);
    return { ...transport, truth };
  }

  test('who added is told so, though the entry has moved on', async () => {
    const { ledger } = await interrupted(async (truth) => {
      const held = await read(truth);
      await truth.jobs.replace(ONE, held, { ...held.entry, startedOn: 'other' });
    });
    const answer = await add(ledger);
    expect(answer?.entry).toEqual(build.jobEntry(1));
    expect(
      answer && (await ledger.jobs.replace(ONE, answer, answer.entry)),
      'but may not write over it',
    ).toBeNull();
    expect((await read(ledger)).entry.startedOn).toBe('other');
  });

  test('who lost is told so, though its request never arrived', async () => {
    const transport = inProcess();
    let requests = 0;
    transport.store.faults = () => (requests++ === 0 ? 'lost-before' : null);
    const truth = ledgerOn(
      { ledger: tableOf(transport.store, 'ledger'), history: tableOf(transport.store, 'history') },
      tokens('other'),
    );
    const [mine, theirs] = await Promise.all([add(transport.ledger), add(truth)]);
    expect([mine, theirs?.entry]).toEqual([null, build.jobEntry(1)]);
  });
});

test('a store that stays out of reach is an error, within the bound of tries', async () => {
  const { ledger, store } = inProcess();
  store.faults = () => 'lost-before';
  await expect(add(ledger)).rejects.toThrow('PutRow ledger: connection lost');
  expect(store.counts.calls.get('PutRow')).toBe(3);
  store.faults = () => 'conflict';
  await expect(add(ledger)).rejects.toThrow('OTSRowOperationConflict');
  expect(store.counts.calls.get('PutRow')).toBe(3 + 8);
});
