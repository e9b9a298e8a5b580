/** What goes wrong around runners that live, seen and repaired by the deployed sweep over the wire protocols. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { leftovers } from '../../cli/start/leftovers.ts';
import { TAG } from '../../shared/names.ts';
import type { SimJob } from '../../simulator/github/index.ts';
import { bundlesFor } from './bundles.ts';
import * as failures from './failures.ts';
import { configWith, type Harness, MINUTE_MS, once, openHarness, unseen } from './harness.ts';

/** One slot for what is stuck: no second runner is launched beside it. */
const config = configWith(`
  stuck: {cpu: 4, runners: 1}
  unheard: {cpu: 4}
  alone: {cpu: 4}
`);

/** What is done to one job alone. */
const faulty: { launch: string; start: SimJob | null; end: SimJob | null } = {
  launch: '',
  start: null,
  end: null,
};
/** GitHub's lists of runs. */
const lists = { areRefused: false };
/** Its machine's own script does not hear the market's notice. */
let missesNotice = true;
let booted = 0;

function isUntold(action: string | null): boolean {
  if (action === 'in_progress' && faulty.start?.status === 'in_progress') {
    faulty.start = null;
    return true;
  }
  if (action !== 'completed' || faulty.end?.status !== 'completed') return false;
  faulty.end = null;
  return true;
}

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness(config, {
    ...{ scale: 28, seed: 11, bundles: await bundlesFor(config) },
    // The first machine, of whose launch nobody heard, never gets to its runner, and never stops.
    boots: {
      hangs: () => booted++ === 0,
      bootDeadlineMs: 60 * MINUTE_MS,
      bootMs: [20_000, 40_000],
      missesNotice: () => missesNotice,
    },
    ecs: {
      faults: (action, { InstanceName }) =>
        action === 'RunInstances' && InstanceName === faulty.launch ? 'timeout-after' : null,
    },
    github: {
      // A runner that is removed hears of it before the sweep that would delete its machine: seen stopped, whatever a sweep takes.
      behaviour: { lostMs: 2 * MINUTE_MS, pollMs: [0, 10_000] },
      faults: (_, path) =>
        lists.areRefused && path.endsWith('/actions/runs') ? { kind: 'status', status: 403 } : null,
      // GitHub's own log does not know of it either.
      deliveryFaults: (_, action) => (isUntold(action) ? { kind: 'lose', isLogged: false } : null),
    },
  });
});
afterAll(() => harness.world.close());

/** One after the other as far as they get in each other's way, each begun by what the world can do to it. */
async function playAll() {
  const alone = await failures.registerAlone(harness, config);
  const abandoned = harness.play('abandoned', 'arm64 16cpu', 1);
  faulty.launch = failures.firstRunnerOf(abandoned);
  await once('its machine hangs', () => booted === 1);
  const [stuck, unheard] = (await failures.playUnserved(harness, 'stuck', 'unheard')) as [SimJob, SimJob];
  faulty.start = unheard;
  const flickers = failures.flicker(harness, stuck);
  const cancelled = harness.play('cancelled', 'arm64 alone', 1);
  await failures.cancelWhileBooting(harness, cancelled);
  await failures.startUnheard(harness, unheard, lists);
  const taken = harness.play('taken', 'arm64 4cpu', 20);
  const gone = harness.play('gone', 'arm64 4cpu', 20);
  const heard = harness.play('heard', 'arm64 4cpu', 20);
  await Promise.all([flickers, failures.takeBack(harness, taken), failures.deleteBehindUs(harness, gone)]);
  missesNotice = false;
  await failures.takeBack(harness, heard);
  const [hidden, consumed] = [
    harness.play('hidden', 'arm64 8cpu', 8),
    harness.play('consumed', 'arm64 8cpu', 8),
  ];
  await Promise.all([failures.hideBusy(harness, hidden), failures.consumeRegistration(harness, consumed)]);
  const forgotten = harness.play('forgotten', 'arm64 8cpu', 5);
  await failures.forget(harness, forgotten);
  const twice = harness.play('twice', 'arm64 8cpu', 1);
  await failures.leaveInBothTables(harness, twice);
  const untold = harness.play('untold', 'arm64 8cpu', 1);
  faulty.end = untold;
  return {
    alone,
    cancelled,
    jobs: { abandoned, stuck, unheard, taken, heard, gone, hidden, consumed, forgotten, twice, untold },
  };
}

const billsOf = ({ id }: SimJob) =>
  harness.world.ecs.paid().filter(({ tags }) => tags[TAG.job] === String(id));

test('what befalls runners that live is seen and repaired by the deployed sweep', async () => {
  const { world, lines } = harness;
  const { alone, cancelled, jobs } = await playAll();
  const { stuck, unheard, taken, heard, gone, hidden, consumed, forgotten, twice } = jobs;
  const latest = () => Object.values(jobs).flatMap(({ run }) => world.github.jobsOf(run));
  const isOver = async () =>
    [taken, heard, gone].every(({ run }) => run.attempt === 2) &&
    latest().every(({ status }) => status === 'completed') &&
    (await leftovers(world)).length === 0;
  await once('all jobs are over, and nothing is left', isOver);
  expect(latest().map(({ conclusion }) => conclusion)).toEqual(latest().map(() => 'success'));

  for (const job of [taken, heard, gone]) {
    expect(job.conclusion, `${job.plan.name}, the first time`).toBe('failure');
    const again = world.github.jobsOf(job.run).flatMap(billsOf);
    expect(
      again.map(({ isSpot }) => isSpot),
      `${job.plan.name}, run again`,
    ).toEqual([false]);
  }
  expect(billsOf(twice), 'its entry, left in both tables, launched nothing').toHaveLength(1);

  const [abandoned, idle] = [failures.firstRunnerOf(jobs.abandoned), failures.runnersOf(stuck)];
  // biome-ignore format: a table reads best as a table.
  const repaired: readonly [runner: string | undefined, verdict: string, because: string][] = [
    [alone, 'deregister', 'it is registered, and there is neither entry nor instance'],
    [abandoned, 'found', 'its launcher is gone, and its instance is there'],
    [abandoned, 'sight', 'it never came online'],
    [abandoned, 'remove', 'it never came online'],
    [abandoned, 'confirm', 'it never came online'],
    [idle, 'online', 'it is online'],
    [idle, 'sight', 'it went offline'],
    [idle, 'unsight', 'a job waits for it'],
    [idle, 'sight', 'GitHub gives it no job'],
    [idle, 'remove', 'GitHub gives it no job'],
    [idle, 'retire', 'its machine stopped without a job'],
    [unheard.runner?.name, 'busy', 'GitHub says that it is busy'],
    [taken.runner?.name, 'interrupt', 'the spot market takes its machine back'],
    [gone.runner?.name, 'retire', 'its machine is gone while its job ran'],
    [hidden.runner?.name, 'ask', 'GitHub does not show it as busy, or its machine stopped'],
    [consumed.runner?.name, 'ask', 'GitHub does not show it as busy, or its machine stopped'],
    [failures.firstRunnerOf(cancelled), 'sight', 'no job waits that it covers'],
    [failures.firstRunnerOf(cancelled), 'remove', 'no job waits that it covers'],
    [forgotten.runner?.name, 'adopt', 'its instance is unknown to the ledger'],
  ];
  expect(repaired.filter((each) => !harness.didTo(each[0] ?? '', each[1], each[2]))).toEqual([]);
  expect(lines.filter(({ event }) => event === 'rerun.decided')).toHaveLength(3);
  expect(unseen('repairs-running', harness)).toEqual([]);
});
