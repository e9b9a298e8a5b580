/** The dashboard over the world in one process, in the states that its pages are looked at in. */
import { rememberingHistory } from '../../../cli/dashboard/history.ts';
import { type Dashboard, serve } from '../../../cli/dashboard/serve.ts';
import type { Finding } from '../../../cli/doctor/finding.ts';
import type { Operator } from '../../../cli/shared/operator.ts';
import type { Ledger } from '../../../shared/ledger/ledger.ts';
import type { Job } from '../../../shared/nouns.ts';
import { build } from '../../shared/ledger/builders.ts';
import type { World } from '../../world/in-process.ts';
import { MINUTE_MS, OURS, open, operatorOf, queue } from '../explain/fixture.ts';

export const TOKEN = 'a'.repeat(32);
export const HOSTILE = '<img src=x onerror="document.title=1">\u001b[2J\u202e</script>';

export const STATES = ['empty', 'busy', 'broken sweep', 'ledger out of reach', '10,000 jobs'] as const;
export type State = (typeof STATES)[number];

export interface Shown {
  readonly dashboard: Dashboard;
  /** Another over the same, which has read nothing yet. */
  readonly fresh: () => Promise<Dashboard>;
  /** What is asked of GitHub gets no answer from then on. */
  readonly stopTime: () => void;
  readonly world: World;
  /** A job that runs, waits or has ended; null in an empty world. */
  readonly job: number | null;
  close(): Promise<void>;
}

const FINDINGS: readonly Finding[] = [
  { check: 'credentials', level: 'ok', text: 'they are good', advice: null },
  {
    check: 'webhook',
    level: 'warning',
    text: `it answered late, for ${HOSTILE}`,
    advice: 'look again tomorrow',
  },
  { check: 'role', level: 'wrong', text: 'a right is missing', advice: 'npm run deploy' },
  { check: 'mirror', level: 'unknown', text: 'skipped: needs role', advice: null },
];

export async function show(state: State, allowsActions = false): Promise<Shown> {
  const world = await open({ repositories: ['acme/app', 'acme/kernel'] });
  const job = state === 'empty' ? null : await busy(world);
  if (state === '10,000 jobs') await manyJobs(world);
  if (state === 'empty') await world.pass(2 * MINUTE_MS);
  const operator = operatorIn(state, world);
  const doctor = async () => FINDINGS;
  const opened: Dashboard[] = [];
  const fresh = async () => {
    const remembering = { ...operator, ledger: rememberingHistory(operator.ledger, operator.clock) };
    opened.push(await serve({ operator: remembering, doctor, allowsActions }, TOKEN));
    return opened.at(-1) as Dashboard;
  };
  const dashboard = await fresh();
  // What is asked of GitHub takes time of its world.
  const ticking = setInterval(() => void world.clock.runUntil(world.clock.nowMs() + 50), 5);
  return {
    ...{ dashboard, fresh, world, job },
    stopTime: () => clearInterval(ticking),
    async close() {
      clearInterval(ticking);
      for (const each of opened) await each.close();
      world.fc.close();
    },
  };
}

function operatorIn(state: State, world: World): Operator {
  const operator = operatorOf(world);
  if (state === 'broken sweep') {
    const clock = { nowMs: () => operator.clock.nowMs() + 20 * MINUTE_MS };
    return { ...operator, clock };
  }
  return state === 'ledger out of reach' ? { ...operator, ledger: outOfReach(operator.ledger) } : operator;
}

const refuse = async (): Promise<never> => {
  throw new Error('the table did not answer within 5 s');
};

function outOfReach(ledger: Ledger): Ledger {
  const rows = { list: refuse, read: refuse };
  return {
    ...ledger,
    jobs: { ...ledger.jobs, ...rows },
    runners: { ...ledger.runners, ...rows },
    notes: { ...ledger.notes, ...rows },
    history: { ...ledger.history, ofDay: refuse, read: refuse },
  };
}

/** One has ended, some run, one boots, one waits with its reason, some were refused; one has a hostile name. */
async function busy(world: World): Promise<number> {
  queue(world, OURS, { name: 'lint', durationMs: 20_000 });
  queue(world, `${OURS} 16cpu`, { name: 'unit tests' });
  queue(world, OURS, { name: HOSTILE }, 'acme/kernel');
  await world.pass(4 * MINUTE_MS);
  for (const name of ['a', 'b', 'c']) queue(world, `${OURS} 8cup`, { name: `matrix (${name})` });
  queue(world, OURS, { name: 'deploy' }, 'acme/kernel');
  await world.pass(20_000);
  const { ledger, clock } = world.adapters();
  const waiting = build.job(77, {
    name: 'nightly',
    repository: 'acme/app',
    createdAtMs: clock.nowMs() - 90_000,
  });
  const because = 'all 100 slots of limits.runners are taken';
  await ledger.jobs.add(
    waiting.id,
    build.jobEntry(77, { job: waiting, because, nextTryAtMs: clock.nowMs() + 40_000 }),
  );
  await ledger.notes.add('alert:quota', {
    text: 'The account’s quota of spot cores is used up: ask for more in the console.',
    untilMs: clock.nowMs() + 3_600_000,
    raised: { key: 'quota', atMs: clock.nowMs() - 60_000 },
  });
  return [...(await ledger.jobs.list(100)).things][0]?.entry.job.id ?? 77;
}

const DAY_MS = 24 * 3_600_000;

async function manyJobs(world: World): Promise<void> {
  const { ledger, clock } = world.adapters();
  const nowMs = clock.nowMs();
  for (let at = 0; at < 10_000; at++) await ledger.history.merge(rowOf(at, nowMs - (at % 7) * DAY_MS));
}

function rowOf(at: number, dayMs: number) {
  const createdAtMs = dayMs - (at % 200) * 60_000;
  const labels = ['self-hosted', 'aliyun', at % 3 === 0 ? 'amd64' : 'arm64', `${2 ** (1 + (at % 5))}cpu`];
  const job: Job = build.job(100_000 + at, {
    ...{ createdAtMs, labels, name: `job ${at}`, workflow: 'CI', repository: `acme/service-${at % 40}` },
  });
  const launchedAtMs = createdAtMs + 2_000 + (at % 90) * 1_000;
  return {
    ...{ job, outcome: 'success', because: at % 50 === 0 ? 'its spot instance was taken back' : null },
    ...{
      runnerName: `ci-runner-arm64-spot-${job.id}-1`,
      instanceId: `i-${at}`,
      instanceType: 'ecs.c8y.2xlarge',
    },
    ...{
      zone: 'cn-hangzhou-k',
      capacityType: 'spot' as const,
      pricePerHour: 0.42,
      onDemandPricePerHour: 1.6,
    },
    ...{ diskGiB: 40, launchedAtMs, onlineAtMs: launchedAtMs + 40_000, startedAtMs: launchedAtMs + 44_000 },
    ...{ completedAtMs: launchedAtMs + 400_000, goneAtMs: launchedAtMs + 420_000, launches: 1 },
    trail: [{ atMs: launchedAtMs, text: 'ecs.g8y.large in cn-hangzhou-k (spot) was refused: no stock' }],
  };
}
