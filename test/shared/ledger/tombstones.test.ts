/** Openings and endings of one job cross in every order, and invocations die on the way: nobody brings the dead back. */

import { expect, test } from 'vitest';
import { ledgerOn } from '../../../shared/adapters/tablestore/ledger.ts';
import { withRetries } from '../../../shared/adapters/tablestore/retries.ts';
import type { Ledger } from '../../../shared/ledger/ledger.ts';
import type { JobId } from '../../../shared/nouns.ts';
import { tableOf } from '../../../simulator/tablestore/index.ts';
import fc from '../../fast-check.ts';
import { build, CREATED_MS } from './builders.ts';
import { crashing, everyInterleaving, gated, survived } from './scheduling.ts';
import { inProcess, NO_WAIT, tokens } from './transports.ts';

const JOB = build.job(1);
const ONE = JOB.id;
const R = build.runnerName(1);

/** Until the entry is gone, whoever changes it meanwhile. */
async function removeJob({ jobs }: Ledger, id: JobId): Promise<void> {
  for (let held = await jobs.read(id); held !== null; held = await jobs.read(id))
    if (await jobs.remove(id, held)) return;
}

const hasEnded = async ({ history }: Ledger) => (await history.read(CREATED_MS, ONE))?.outcome != null;

/** The life of a job, step 2: put the entry, then read history, and take the entry back if the job has ended. */
async function queued(ledger: Ledger): Promise<'launching' | 'held by another' | 'ended'> {
  if ((await ledger.jobs.add(ONE, build.jobEntry(1))) === null) return 'held by another';
  if (!(await hasEnded(ledger))) return 'launching';
  await removeJob(ledger, ONE);
  return 'ended';
}

/** Step 6: the runner is busy with the job, and the job's entry says so; neither is made anew. */
async function inProgress({ jobs, runners }: Ledger): Promise<void> {
  const runner = await runners.read(R);
  if (runner !== null && runner.entry.state !== 'retiring')
    await runners.replace(R, runner, { ...runner.entry, state: 'busy', busyWith: ONE });
  const job = await jobs.read(ONE);
  if (job !== null) await jobs.replace(ONE, job, { ...job.entry, startedOn: R, startedAtMs: CREATED_MS });
}

/** Step 7: history first, then the job's entry, then the runner that was named. */
async function completed(ledger: Ledger): Promise<void> {
  const { runners } = ledger;
  await ledger.history.merge({ job: JOB, outcome: 'success', runnerName: R });
  await removeJob(ledger, ONE);
  for (let runner = await runners.read(R); runner !== null; runner = await runners.read(R))
    if ((await runners.replace(R, runner, { ...runner.entry, state: 'retiring' })) !== null) return;
}

/** Step 8, as far as dead jobs go. */
async function sweep(ledger: Ledger): Promise<void> {
  const { things } = await ledger.jobs.list(10);
  for (const { entry } of things) if (await hasEnded(ledger)) await removeJob(ledger, entry.job.id);
}

interface Crossing {
  /** An invocation of its own; it dies at its nth request, if it makes as many. */
  invoke(crashAt?: number): Ledger;
  readonly truth: Ledger;
}

const NEVER = Number.MAX_SAFE_INTEGER;

async function crossing(gate: () => Promise<unknown>): Promise<Crossing> {
  const { store } = inProcess();
  const newToken = tokens();
  const raw = (name: string) => tableOf(store, name);
  const truth = ledgerOn({ ledger: raw('ledger'), history: raw('history') }, newToken);
  await truth.runners.add(R, build.runnerEntry(1, { state: 'idle' }));
  const invoke = (crashAt = NEVER): Ledger => {
    const death = crashing(crashAt);
    const table = (name: string) =>
      withRetries(
        gated(raw(name), async () => {
          await gate();
          death();
        }),
        NO_WAIT,
      );
    return ledgerOn({ ledger: table('ledger'), history: table('history') }, newToken);
  };
  return { invoke, truth };
}

test('open against end, in every interleaving: the entry of an ended job never stays', async () => {
  const count = await everyInterleaving(async (gate) => {
    const { invoke, truth } = await crossing(gate);
    await Promise.all([queued(invoke()), completed(invoke())]);
    expect(await truth.jobs.read(ONE)).toBeNull();
    expect((await truth.history.read(CREATED_MS, ONE))?.outcome).toBe('success');
  }, 10_000);
  expect(count).toBeGreaterThan(50);
});

test('in_progress against completed, in every interleaving: neither the job nor its runner is revived', async () => {
  const count = await everyInterleaving(async (gate) => {
    const { invoke, truth } = await crossing(gate);
    await truth.jobs.add(ONE, build.jobEntry(1));
    await Promise.all([inProgress(invoke()), completed(invoke())]);
    expect(await truth.jobs.read(ONE)).toBeNull();
    expect((await truth.runners.read(R))?.entry.state).toBe('retiring');
  }, 10_000);
  expect(count).toBeGreaterThan(200);
});

test('two openings, in_progress and the end together: none of it stays', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const { invoke, truth } = await crossing(() => scheduler.schedule(Promise.resolve()));
      const acts = [queued, queued, inProgress, completed].map((act) => act(invoke()));
      await scheduler.waitFor(Promise.all<unknown>(acts));
      expect(await truth.jobs.read(ONE)).toBeNull();
      expect((await truth.runners.read(R))?.entry.state).toBe('retiring');
    }),
    { numRuns: 5_000 },
  );
});

test('whoever dies on the way: after the ending was repeated and one sweep, no entry of the dead job is left', async () => {
  const crashAt = fc.oneof(fc.nat({ max: 6 }), fc.constant(NEVER));
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.tuple(crashAt, crashAt, crashAt), async (scheduler, deaths) => {
      const { invoke, truth } = await crossing(() => scheduler.schedule(Promise.resolve()));
      const acts = [queued, inProgress, completed].map((act, at) =>
        survived<unknown>(act(invoke(deaths[at]))),
      );
      await scheduler.waitFor(Promise.all(acts));
      // Function Compute runs an asynchronous invocation again that failed.
      await scheduler.waitFor(Promise.all<unknown>([completed(invoke()), queued(invoke())]));
      await sweep(truth);
      expect(await truth.jobs.read(ONE)).toBeNull();
    }),
    { numRuns: 3_000 },
  );
});
