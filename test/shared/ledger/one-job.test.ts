import { expect, test } from 'vitest';
import type { Ledger } from '../../../shared/ledger/ledger.ts';
import { build, CREATED_MS, held } from './builders.ts';
import { inProcess, START_MS } from './transports.ts';

const ONE = build.job(1).id;
const R = build.runnerName(1);

interface Step {
  readonly does: string;
  /** What would go wrong if an invocation died, or another came between, without it. */
  readonly covers: string;
  readonly requests: number;
  act(ledger: Ledger): Promise<unknown>;
}

const runner = async ({ runners }: Ledger) => held(await runners.read(R));

const STEPS: readonly Step[] = [
  {
    does: 'launcher opens the entry',
    covers: 'two deliveries launch twice; a crash forgets the job',
    requests: 1,
    act: ({ jobs }) => jobs.add(ONE, build.jobEntry(1)),
  },
  {
    does: 'launcher reads history',
    covers: 'a job that ended before it was opened is launched for',
    requests: 1,
    act: ({ history }) => history.read(CREATED_MS, ONE),
  },
  {
    does: 'launcher writes the runner’s entry',
    covers: 'an instance that nobody knows of after a crash',
    requests: 1,
    act: ({ runners }) => runners.add(R, build.runnerEntry(1)),
  },
  {
    does: 'launcher takes a slot, and a mint',
    covers: 'more runners than the limit, more mints than GitHub takes',
    requests: 1,
    act: ({ capacity }) => capacity.take(build.slot(1), build.limits(), START_MS),
  },
  {
    does: 'launcher reads the market, and what could not be had',
    covers: 'nothing: they are hints',
    requests: 2,
    act: ({ market, unavailable }) => Promise.all([market.read('cn-hangzhou'), unavailable.list(START_MS)]),
  },
  {
    does: 'launcher notes the instance',
    covers: 'the sweep waits for the lease’s end to find it by its tag; `unwanted` is seen here',
    requests: 2,
    act: async (ledger) => {
      const now = await runner(ledger);
      return ledger.runners.replace(R, now, { ...now.entry, state: 'booting', instanceId: 'i-1' });
    },
  },
  {
    does: 'in_progress marks the runner busy',
    covers: 'a runner with a job is retired when GitHub says idle',
    requests: 2,
    act: async (ledger) => {
      const now = await runner(ledger);
      return ledger.runners.replace(R, now, { ...now.entry, state: 'busy', busyWith: ONE });
    },
  },
  {
    does: 'in_progress marks the job started',
    covers: 'a job that runs elsewhere is launched for again',
    requests: 2,
    act: async ({ jobs }) => {
      const now = held(await jobs.read(ONE));
      return jobs.replace(ONE, now, { ...now.entry, startedOn: R, startedAtMs: START_MS });
    },
  },
  {
    does: 'completed writes history',
    covers: 'a late delivery of the job opens it again',
    requests: 2,
    act: ({ history }) => history.merge({ job: build.job(1), outcome: 'success', runnerName: R }),
  },
  {
    does: 'completed removes the job’s entry',
    covers: 'the sweep does it, a minute later',
    requests: 2,
    act: async ({ jobs }) => jobs.remove(ONE, held(await jobs.read(ONE))),
  },
  {
    does: 'completed retires the runner',
    covers: 'a crash between here and the deletion forgets why',
    requests: 2,
    act: async (ledger) => {
      const now = await runner(ledger);
      return ledger.runners.replace(R, now, {
        ...now.entry,
        state: 'retiring',
        because: 'its job has ended',
      });
    },
  },
  {
    does: 'the sweep, when the cloud knows no such instance, adds the bill’s end to history',
    covers: 'a price is missing',
    requests: 2,
    act: ({ history }) => history.merge({ job: build.job(1), goneAtMs: START_MS }),
  },
  {
    does: 'the sweep hands the slot back',
    covers: 'a slot is lost: after the entry it would be dropped as one without an entry, a minute later',
    requests: 2,
    act: ({ capacity }) => capacity.handBack(R),
  },
  {
    does: 'the sweep removes the runner’s entry',
    covers: 'nothing: it is the end',
    requests: 2,
    act: async (ledger) => ledger.runners.remove(R, await runner(ledger)),
  },
];

test('one job costs 24 requests from queued to history, each for its reason', async () => {
  const { ledger, store } = inProcess();
  // The first job of a deployment also makes the capacity row.
  await ledger.capacity.view();
  const requests = () => [...store.counts.calls.values()].reduce((sum, calls) => sum + calls, 0);
  for (const step of STEPS) {
    const before = requests();
    await step.act(ledger);
    expect(requests() - before, step.does).toBe(step.requests);
  }
  expect(STEPS.reduce((sum, step) => sum + step.requests, 0)).toBe(24);
  expect(await ledger.history.read(CREATED_MS, ONE)).toMatchObject({
    outcome: 'success',
    goneAtMs: START_MS,
  });
  expect([await ledger.jobs.read(ONE), await ledger.runners.read(R)]).toEqual([null, null]);
  expect(await ledger.capacity.view()).toMatchObject({ total: 0, slots: [] });
});
