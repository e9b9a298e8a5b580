/** What happens to GitHub, and beside us in its organisation. */
import { create } from '../../../cli/create/create.ts';
import { planOf } from '../../../cli/create/plan.ts';
import { ConfigRefused } from '../../../simulator/github/index.ts';
import { START_MS, type World } from '../../world/in-process.ts';
import { addStranger, THEIRS } from '../../world/strangers.ts';
import { ALLOWED } from './arrivals.ts';
import type { Simulation } from './simulation.ts';

/** More than a page of GitHub's lists. */
const OTHERS_RUNNERS = 120;

export function brownOut({ faults, later }: Simulation, calls: RegExp, ms: number): boolean {
  faults.setBrownOut(calls);
  later(ms, () => faults.setBrownOut(null));
  return true;
}

/** Registered, idle for a moment, gone, and again: no list of runners holds still. */
function comeAndGo(simulation: Simulation, untilMs: number, fleet: string, n: number): void {
  const { world, later } = simulation;
  const leave = world.github.addOthersRunner('acme', `${fleet}-${n}-${world.clock.nowMs()}`);
  const stayMs = 40_000 + ((n * 7_919) % 60_000);
  later(stayMs, () => {
    leave?.();
    if (world.clock.nowMs() < untilMs) later(1_000, () => comeAndGo(simulation, untilMs, fleet, n));
  });
}

/** Runners of somebody else's, registered for some seconds each. */
export function fleetComes(simulation: Simulation, ms: number): boolean {
  const untilMs = simulation.world.clock.nowMs() + ms;
  const fleet = `their-fleet-${untilMs}`;
  for (let n = 0; n < OTHERS_RUNNERS; n++)
    simulation.later(n * 50, () => comeAndGo(simulation, untilMs, fleet, n));
  return true;
}

/** As `create` does it, over the operator's own line; whoever asked may be gone before the answer. */
export function somebodyAsks({ world }: Simulation, share: number, forMs: number): boolean {
  const operator = world.adapters();
  const plan = planOf({ labels: ['arm64'], repository: ALLOWED[0] as string }, operator.config);
  if (plan.kind === 'refused') return false;
  const sleep = (ms: number) => world.clock.sleep(ms);
  create(
    { pool: plan.pool, forMs, count: 1 + Math.floor(share * 2) },
    { operator, queue: world.queue, say: () => undefined, sleep },
  ).catch(() => undefined);
  return true;
}

/** Somebody else's machine in our runner group, good for one job; it waits for half an hour. */
export function addForeignRunner(
  { adapters, github, clock }: World,
  labels: readonly string[],
  share: number,
): void {
  const name = `their-machine-${clock.nowMs() - START_MS}` as never;
  const target = { owner: 'acme', repository: null, installationId: null };
  const minted = adapters()
    .github.mint(target, { name, labels })
    .catch(() => null);
  minted
    .then((outcome) => {
      if (outcome?.kind !== 'minted') return;
      // A job that was cancelled has taken the session with it.
      const finish = (id: number) => github.job(id)?.status === 'in_progress' && session.finishJob('success');
      const session = github.connectRunner(outcome.jitConfig, {
        onJob: (job) => void clock.after(job.durationMs, () => finish(job.id)),
      });
      clock.after(1_800_000 * (0.1 + share), () => session.disconnect());
    })
    .catch((error: unknown) => {
      // Its registration went while the answer to its making was on its way.
      if (!(error instanceof ConfigRefused)) throw error;
    });
}

/** Tagged with a name of anything, or of a runner of ours that lives. */
export function addTheirs(world: World, callEcs: World['ecs']['call'], share: number): void {
  const names = world.ecs.alive().flatMap(({ name }) => name ?? []);
  const taggedAs = share < 0.3 ? 'anything' : names[Math.floor(share * names.length)];
  try {
    addStranger(callEcs, { name: THEIRS, taggedAs });
  } catch {
    // ECS has none for them at this moment either.
  }
}
