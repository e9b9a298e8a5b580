/** Two jobs that each ran on what was not meant for them, and all that GitHub has to say of it, in any order. */

import type { OutgoingDelivery, SimJob } from '../../simulator/github/index.ts';
import { unsettled } from '../simulation/checkers/progress.ts';
import { createSafety } from '../simulation/checkers/safety.ts';
import type { Report } from '../simulation/checkers/truth.ts';
import { openSimulation } from '../simulation/plan/open-simulation.ts';
import { NARROW, type Plan } from '../simulation/plan/plan.ts';
import type { Simulation } from '../simulation/plan/simulation.ts';
import { seedRunnerRelease } from '../world/in-process.ts';

export const EVENTS = [
  'queued A',
  'queued B',
  'in_progress A',
  'in_progress B',
  'completed A',
  'completed B',
] as const;
export const NOT_SWAPPED = 'not swapped';
export type EventName = (typeof EVENTS)[number];

const MINUTE_MS = 60_000;
const LABELS = ['self-hosted', 'aliyun', 'arm64'];

/** `isOurs`: each runs on the other's runner; else on machines that are somebody else's. */
export interface Case {
  readonly seed: number;
  readonly isOurs: boolean;
  readonly order: readonly EventName[];
  /** Between two deliveries; 0: all at once. */
  readonly gapMs: number;
}

const planOf = (seed: number): Plan => ({
  seed,
  faultMs: 0,
  config: {
    limits: { runners: 5, mintsPerMinute: 120, lifetime: '90m', runnersPerRepository: null },
    github: { scope: 'organization', polling: false },
    spot: { onDemandLabel: 'allow', duration: 1, patience: '5m', onDemandFallback: true },
  },
  rates: {},
  arrivals: [
    {
      atMs: 1_000,
      repository: 'acme/app',
      fate: 'runs',
      jobs: ['A', 'B'].map((name) => ({ name, labels: LABELS, durationMs: 30_000 })),
    },
  ],
  incidents: [],
  wide: NARROW,
  world: { soldOut: 0, interruptions: 0, listLagMs: 0, skewMs: 0, tokenDelayMs: 0 },
});

export async function inOrder(each: Case): Promise<string[]> {
  const wrong: string[] = [];
  const told = await played(each, (check, what) => wrong.push(`${check}: ${what}`));
  if (typeof told === 'string') return [told];
  const { simulation, held, sweepAgain } = told;
  const { world } = simulation;
  await world.pass(10_000);
  for (const name of each.order) {
    const delivery = held.get(name);
    if (delivery === undefined) return [`GitHub never said ${name}`];
    void send(world.fc, delivery);
    await world.pass(each.gapMs);
  }
  await world.pass(5_000);
  sweepAgain();
  for (let minute = 0; minute < 25 && unsettled(simulation).length > 0; minute++) await world.pass(MINUTE_MS);
  world.fc.close();
  const made = world.ecs.paid().length;
  if (each.isOurs && made !== 2) wrong.push(`${made} instances for two jobs`);
  return [...wrong, ...unsettled(simulation)];
}

/** Both jobs have run; we have heard of nothing but that they were queued, and of that only when `isOurs`. */
async function played({ seed, isOurs }: Case, report: Report) {
  const safety = createSafety(report);
  const held = new Map<EventName, OutgoingDelivery>();
  const deliver = async (delivery: OutgoingDelivery) => {
    const name = nameOf(delivery);
    const isNews = name !== null && !held.has(name);
    if (name !== null) held.set(name, delivery);
    if (isNews && isOurs && name.startsWith('queued')) await send(world.fc, delivery);
    return { status: 202 };
  };
  const simulation = openSimulation(planOf(seed), safety.watch, { github: { deliver } });
  const { world } = simulation;
  safety.attach(simulation);
  let isQuiet = true;
  Object.defineProperty(world.fc.faults, 'skipTimer', { get: () => (isQuiet ? 1 : 0) });
  const sweepAgain = () => {
    isQuiet = false;
  };
  await seedRunnerRelease(world);
  const theirs = isOurs ? [] : [0.3, 0.6];
  for (const share of theirs)
    world.clock.after(share * 1_000, () => simulation.addForeignRunner(LABELS, share));
  const isOver = () =>
    simulation.jobs().length === 2 && simulation.jobs().every(({ status }) => status === 'completed');
  if (!(await world.until(isOver, 6 * MINUTE_MS))) return 'the jobs did not run';
  return isOurs && !isSwapped(simulation.jobs()) ? NOT_SWAPPED : { simulation, held, sweepAgain };
}

function send(fc: Simulation['world']['fc'], { headers, body }: OutgoingDelivery) {
  return fc.requestHttp('ci-webhook', { method: 'POST', url: '/', headers, body });
}

function nameOf({ body }: OutgoingDelivery): EventName | null {
  const { action, workflow_job: job } = JSON.parse(body.toString()) as {
    action: string;
    workflow_job?: { name: string };
  };
  return EVENTS.find((name) => name === `${action} ${job?.name}`) ?? null;
}

/** Each job ran on the runner that was launched for the other. */
export function isSwapped(jobs: readonly SimJob[]): boolean {
  return jobs.every(({ id, runner }) => runner !== null && !runner.name.includes(String(id)));
}

export function permutations<Thing>(things: readonly Thing[]): Thing[][] {
  if (things.length === 0) return [[]];
  return things.flatMap((first, at) =>
    permutations([...things.slice(0, at), ...things.slice(at + 1)]).map((rest) => [first, ...rest]),
  );
}
