/** Every operation of the ledger that asks the store, with what comes before it, and where its truth shows. */
import type { Ledger } from '../../../shared/ledger/ledger.ts';
import type { JobId } from '../../../shared/nouns.ts';
import { build, CREATED_MS } from './builders.ts';
import { START_MS } from './transports.ts';

export const ONE = 1 as JobId;
const R = build.runnerName(1);
const LIMITS = build.limits({ runners: 1, perProfile: 1 });

export interface Operation {
  readonly name: string;
  prepare?(ledger: Ledger): Promise<unknown>;
  act(ledger: Ledger): Promise<unknown>;
  /** What the ledger holds afterwards, as far as it matters. */
  truth(ledger: Ledger): Promise<unknown>;
}

export const add = (ledger: Ledger) => ledger.jobs.add(ONE, build.jobEntry(1));
export const read = async (ledger: Ledger) => {
  const held = await ledger.jobs.read(ONE);
  if (held === null) throw new Error('prepared, and gone');
  return held;
};

export const OPERATIONS: readonly Operation[] = [
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
    act: ({ capacity }) => capacity.take(build.slot(1, { profile: 'big' }), LIMITS, START_MS),
    truth: ({ capacity }) => capacity.view(),
  },
  {
    name: 'capacity.take when there is no slot',
    prepare: ({ capacity }) => capacity.take(build.slot(2, { profile: 'big' }), LIMITS, START_MS),
    act: ({ capacity }) => capacity.take(build.slot(1, { profile: 'big' }), LIMITS, START_MS),
    truth: ({ capacity }) => capacity.view(),
  },
  {
    name: 'capacity.mintAgain',
    prepare: ({ capacity }) => capacity.take(build.slot(1, { profile: 'big' }), LIMITS, START_MS),
    act: ({ capacity }) =>
      capacity.mintAgain(
        { name: R, repository: 'acme/app', hasTurn: false, perRepository: 2, mintsPerMinute: 3 },
        START_MS + 1_000,
      ),
    truth: ({ capacity }) => capacity.view(),
  },
  {
    name: 'capacity.handBack',
    prepare: ({ capacity }) => capacity.take(build.slot(1, { profile: 'big' }), LIMITS, START_MS),
    act: ({ capacity }) => capacity.handBack(R),
    truth: async ({ capacity }) => [
      await capacity.view(),
      await capacity.take(build.slot(3, { profile: 'big' }), LIMITS, START_MS),
      await capacity.take(build.slot(4, { profile: 'big' }), LIMITS, START_MS),
    ],
  },
  {
    name: 'capacity.handBackAll',
    prepare: ({ capacity }) => capacity.take(build.slot(1, { profile: 'big' }), LIMITS, START_MS),
    act: ({ capacity }) => capacity.handBackAll(new Map([[R, undefined]])),
    truth: async ({ capacity }) => [
      await capacity.view(),
      await capacity.take(build.slot(3, { profile: 'big' }), LIMITS, START_MS),
      await capacity.take(build.slot(4, { profile: 'big' }), LIMITS, START_MS),
    ],
  },
  {
    name: 'capacity.setWaiting',
    act: ({ capacity }) => capacity.setWaiting({ sinceMs: CREATED_MS, because: 'others wait' }),
    truth: ({ capacity }) => capacity.take(build.slot(1, { hasTurn: false }), LIMITS, START_MS),
  },
  {
    name: 'capacity.stop',
    act: ({ capacity }) => capacity.stop(() => ({ atMs: START_MS, repositories: null }), START_MS),
    truth: async ({ capacity }) => [
      await capacity.view(),
      await capacity.take(build.slot(1), LIMITS, START_MS),
    ],
  },
  {
    name: 'capacity.recount',
    prepare: ({ capacity }) => capacity.take(build.slot(1), LIMITS, START_MS - 600_000),
    act: ({ capacity }) => capacity.recount(START_MS),
    truth: ({ capacity }) => capacity.view(),
  },
  {
    name: 'history.merge',
    prepare: ({ history }) => history.merge({ job: build.job(1), instanceId: 'i-1' }),
    act: ({ history }) => history.merge({ job: build.job(1), outcome: 'success' }),
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
