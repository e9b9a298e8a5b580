/** Each write of the ledger, with each of its requests in turn lost before or after it was applied. */
import { describe, expect, test } from 'vitest';
import { ledgerOn } from '../../shared/adapters/tablestore-ledger.ts';
import type { Ledger } from '../../shared/ledger.ts';
import type { JobId } from '../../shared/nouns.ts';
import { type Fault, tableOf } from '../../simulator/tablestore/index.ts';
import { type Face, inProcess, overTheWire, START_MS, tokens } from './faces.ts';
import { CREATED_MS, made } from './made.ts';

const ONE = 1 as JobId;
const R = made.runnerName(1);
const LIMITS = made.limits({ runners: 1, perProfile: 1 });
const FAULTS: readonly Fault[] = [
  'lost-before',
  'lost-after',
  'timeout-before',
  'timeout-after',
  'busy',
  'conflict',
  'throttled',
];

interface Operation {
  readonly name: string;
  prepare?(ledger: Ledger): Promise<unknown>;
  act(ledger: Ledger): Promise<unknown>;
  /** What the ledger holds afterwards, as far as it matters. */
  truth(ledger: Ledger): Promise<unknown>;
}

const add = (ledger: Ledger) => ledger.jobs.add(ONE, made.jobEntry(1));
const read = async (ledger: Ledger) => {
  const held = await ledger.jobs.read(ONE);
  if (held === null) throw new Error('prepared, and gone');
  return held;
};

const OPERATIONS: readonly Operation[] = [
  {
    name: 'add',
    act: async (ledger) => (await add(ledger))?.entry,
    truth: async ({ jobs }) => (await jobs.read(ONE))?.entry,
  },
  {
    name: 'replace',
    prepare: add,
    act: async (ledger) => {
      const held = await read(ledger);
      return (await ledger.jobs.replace(ONE, held, { ...held.entry, launches: 2 }))?.entry;
    },
    truth: async ({ jobs }) => (await jobs.read(ONE))?.entry,
  },
  {
    name: 'remove',
    prepare: add,
    act: async (ledger) => ledger.jobs.remove(ONE, await read(ledger)),
    truth: async ({ jobs }) => jobs.read(ONE),
  },
  {
    name: 'list',
    prepare: add,
    act: async ({ jobs }) => (await jobs.list(10)).things.map(({ entry }) => entry),
    truth: async ({ jobs }) => (await jobs.read(ONE))?.entry,
  },
  {
    name: 'capacity.take',
    act: ({ capacity }) => capacity.take(made.wish(1, { profile: 'big' }), LIMITS, START_MS),
    truth: ({ capacity }) => capacity.view(),
  },
  {
    name: 'capacity.take when there is no slot',
    prepare: ({ capacity }) => capacity.take(made.wish(2, { profile: 'big' }), LIMITS, START_MS),
    act: ({ capacity }) => capacity.take(made.wish(1, { profile: 'big' }), LIMITS, START_MS),
    truth: ({ capacity }) => capacity.view(),
  },
  {
    name: 'capacity.handBack',
    prepare: ({ capacity }) => capacity.take(made.wish(1, { profile: 'big' }), LIMITS, START_MS),
    act: ({ capacity }) => capacity.handBack(R),
    truth: async ({ capacity }) => [
      await capacity.view(),
      await capacity.take(made.wish(3, { profile: 'big' }), LIMITS, START_MS),
      await capacity.take(made.wish(4, { profile: 'big' }), LIMITS, START_MS),
    ],
  },
  {
    name: 'capacity.setWaiting',
    act: ({ capacity }) => capacity.setWaiting({ total: CREATED_MS - 1 }),
    truth: ({ capacity }) => capacity.take(made.wish(1), LIMITS, START_MS),
  },
  {
    name: 'capacity.recount',
    prepare: ({ capacity }) => capacity.take(made.wish(1), LIMITS, START_MS - 600_000),
    act: ({ capacity }) => capacity.recount(START_MS),
    truth: ({ capacity }) => capacity.view(),
  },
  {
    name: 'history.merge',
    prepare: ({ history }) => history.merge({ job: made.job(1), instanceId: 'i-1' }),
    act: ({ history }) => history.merge({ job: made.job(1), outcome: 'success' }),
    truth: ({ history }) => history.read(CREATED_MS, ONE),
  },
  {
    name: 'unavailable.remember',
    act: ({ unavailable }) => unavailable.remember('a', START_MS + 5, 'no stock'),
    truth: async ({ unavailable }) => [...(await unavailable.list(START_MS))],
  },
  {
    name: 'unavailable.list',
    prepare: ({ unavailable }) => unavailable.remember('a', START_MS - 5, 'no stock'),
    act: async ({ unavailable }) => [...(await unavailable.list(START_MS))],
    truth: async ({ unavailable }) => [...(await unavailable.list(0))],
  },
  {
    name: 'market.write',
    act: ({ market }) => market.write('cn-hangzhou', Uint8Array.of(1, 2, 3)),
    truth: async ({ market }) => [...((await market.read('cn-hangzhou')) ?? [])],
  },
];

/** Requests of the act, answer and truth; `fault` hits its nth request. */
async function played(face: Face, operation: Operation, nth: number, fault: Fault | null) {
  const { ledger, store } = face;
  await operation.prepare?.(ledger);
  let requests = 0;
  store.faults = () => (requests++ === nth ? fault : null);
  const answer = await operation.act(ledger);
  store.faults = null;
  return { requests, answer, truth: await operation.truth(ledger) };
}

const FACES = [
  { face: 'in process', open: async () => inProcess(), faults: FAULTS },
  { face: 'over the wire', open: overTheWire, faults: ['lost-after', 'timeout-after'] as readonly Fault[] },
];

describe.each(FACES)('$face, whatever request of it is lost', ({ open, faults }) => {
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

async function once(open: () => Promise<Face>, operation: Operation, nth: number, fault: Fault | null) {
  const face = await open();
  try {
    return await played(face, operation, nth, fault);
  } finally {
    await face.close();
  }
}

describe('when others wrote between the lost reply and the second try', () => {
  /** The first reply is lost; before the second try, `meanwhile` happens. */
  async function interrupted(meanwhile: (truth: Ledger) => Promise<unknown>) {
    const face = inProcess((table) => {
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
      { ledger: tableOf(face.store, 'ledger'), history: tableOf(face.store, 'history') },
      tokens('other'),
    );
    let requests = 0;
    face.store.faults = () => (requests++ === 0 ? 'lost-after' : null);
    return { ...face, truth };
  }

  test('who added is told so, though the entry has moved on', async () => {
    const { ledger } = await interrupted(async (truth) => {
      const held = await read(truth);
      await truth.jobs.replace(ONE, held, { ...held.entry, startedOn: 'other' });
    });
    const answer = await add(ledger);
    expect(answer?.entry).toEqual(made.jobEntry(1));
    expect(
      answer && (await ledger.jobs.replace(ONE, answer, answer.entry)),
      'but may not write over it',
    ).toBeNull();
    expect((await read(ledger)).entry.startedOn).toBe('other');
  });

  test('who lost is told so, though its request never arrived', async () => {
    const face = inProcess();
    let requests = 0;
    face.store.faults = () => (requests++ === 0 ? 'lost-before' : null);
    const truth = ledgerOn(
      { ledger: tableOf(face.store, 'ledger'), history: tableOf(face.store, 'history') },
      tokens('other'),
    );
    const [mine, theirs] = await Promise.all([add(face.ledger), add(truth)]);
    expect([mine, theirs?.entry]).toEqual([null, made.jobEntry(1)]);
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
