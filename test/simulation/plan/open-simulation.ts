/** A world as a plan wants it, with everybody who acts in it. */

import type { SimRun } from '../../../simulator/github/index.ts';
import { type Random, seeded } from '../../../simulator/random.ts';
import { openWorld, START_MS, type World, type WorldOptions } from '../../world/in-process.ts';
import type { Watch } from '../../world/ports.ts';
import { smallRegion } from '../../world/small-region.ts';
import { addForeignRunner, addTheirs } from './around-us.ts';
import { ALLOWED, type Arrival, AWAY, DARK, SISTER, STRANGER } from './arrivals.ts';
import { deployAsPlanned, quietRepository } from './deployed.ts';
import { type Faults, faultsOf } from './faults.ts';
import { INCIDENTS } from './incidents.ts';
import { namesIn } from './people.ts';
import type { Plan } from './plan.ts';
import type { Names, PlannedRun, Simulation } from './simulation.ts';

/** Seen online by no sweep, by the next, by several. */
const EARLY_MS = [2_000, 20_000, 200_000];
const REVIEWED_MS = 8 * 3_600_000;
const SEEN = [...ALLOWED, STRANGER];

export function openSimulation(plan: Plan, watch: Watch, more: WorldOptions = {}): Simulation {
  const random = seeded(plan.seed + 1);
  const faults = faultsOf(plan.rates, random.fork());
  const world = openWorld({ ...optionsOf(plan, faults, random.fork()), watch, ...more });
  addOthers(world, plan);
  const names = namesIn(plan);
  deployAsPlanned(world, plan, names.also);
  world.ecs.stuckPending(faults.rate('ecs stuck in Pending'));
  const off = { now: false };
  drawEach(world, faults, off);

  const runs: PlannedRun[] = [];
  // Before anybody looks on: what others do is none of the product's calls.
  const callEcs = world.ecs.call.bind(world.ecs);
  const simulation: Simulation = {
    plan,
    world,
    faults,
    off,
    runs,
    names,
    kept: new Map(),
    jobs: () => runs.flatMap(({ run }) => world.github.jobsOf(run)),
    later: (ms, act) => void world.clock.after(ms, act),
    installation: {
      now: world.installation,
      get repositories() {
        return installedIn(plan).map((name) => (name === ALLOWED[1] ? names.now : name));
      },
    },
    arrive(planned) {
      const arrival = asNamed(planned, names);
      const run = arrive(simulation, arrival);
      runs.push({ arrival, run });
      return run;
    },
    addStranger: (share) => addTheirs(world, callEcs, share),
    addForeignRunner: (labels, share) => addForeignRunner(world, labels, share),
  };
  for (const arrival of plan.arrivals) world.clock.after(arrival.atMs, () => simulation.arrive(arrival));
  for (const { atMs, kind, share, ms } of plan.incidents)
    world.clock.after(atMs, () => {
      if (INCIDENTS[kind](simulation, share, ms)) faults.count(kind);
    });
  return simulation;
}

/** What the world has beside one organisation. */
function addOthers({ github }: World, { wide }: Plan): void {
  if (!wide.hasSister) return;
  const [login = ''] = SISTER.split('/');
  github.addOrganization(login);
  github.addRepository(SISTER);
  github.addGroup({ organization: login, name: 'ci-runners', repositories: 'all' });
  github.install(login);
}

/** Chances that the simulators hold as numbers: asked for at each use, so that we draw, and count. */
function drawEach({ fc, github }: World, faults: Faults, off: { readonly now: boolean }): void {
  const define = (target: object, property: string, isSo: () => boolean) =>
    Object.defineProperty(target, property, { get: () => (isSo() ? 1 : 0), configurable: true });
  const ofFc = ['drop', 'duplicate', 'serverError', 'kill', 'skipTimer', 'doubleTimer'] as const;
  for (const name of ofFc) define(fc.faults, name, () => faults.happens(`fc ${name}`));
  define(fc.faults, 'throttle', () => off.now || faults.happens('fc throttle'));
  define(github.behaviour, 'hiddenBusy', () => faults.happens('runner busy in secret'));
  define(github.behaviour, 'consumedAtAssignment', () =>
    faults.happens('registration consumed at assignment'),
  );
  define(github.behaviour, 'deaf', () => faults.happens('runner is deaf'));
}

/** Of acme: where the App is. */
const installedIn = ({ wide }: Plan): readonly string[] => [
  ...SEEN,
  ...Array.from({ length: wide.quietRepositories }, (_, n) => quietRepository(n)),
];

function optionsOf(plan: Plan, faults: Faults, random: Random): WorldOptions {
  const { soldOut, interruptions, listLagMs, skewMs, tokenDelayMs, runListLagMs = 0 } = plan.world;
  const quiet = Array.from({ length: plan.wide.quietRepositories }, (_, n) => quietRepository(n));
  return {
    seed: plan.seed,
    repositories: [...SEEN, DARK, ...quiet],
    installed: installedIn(plan),
    skewMs: () => random.whole(-skewMs, skewMs),
    wrapEcs: faults.wrapEcs,
    post: async () => {
      if (faults.happens('alert channel down')) throw new Error('the channel is down');
    },
    observe: (event) => {
      if (event.kind === 'dropped') faults.count(`fc gave up: ${event.because.split(':')[0]}`);
      if (event.kind === 'ended' && event.outcome === 'failed')
        faults.count(`fc run ended: ${event.because.split(':')[0]}`);
    },
    github: {
      faults: faults.github,
      deliveryFaults: faults.delivery,
      behaviour: { tokenDelayMs, runListLagMs: [0, runListLagMs], checkListLagMs: 2 * runListLagMs },
      ...(plan.wide.isOwnHost ? { isOwnHost: true, hooks: null } : {}),
    },
    ecs: {
      regions: [smallRegion(), ...(plan.wide.second === null ? [] : [smallRegion('cn-beijing')])],
      soldOut,
      interruptions,
      delays: { listLagMs: [0, listLagMs] },
      faults: faults.ecs,
    },
    boots: {
      hangs: () => faults.happens('boot hangs'),
      failures: faults.rate('job fails by itself'),
      missesNotice: () => faults.happens('notice missed'),
      endsAfterMs: () =>
        faults.refusedAfterMs() ?? (faults.happens('runner ends early') ? random.pick(EARLY_MS) : null),
    },
  };
}

function asNamed(arrival: Arrival, { isUnknown, now }: Names): Arrival {
  const isConcerned = arrival.repository === ALLOWED[1] && arrival.fate === 'runs';
  if (isConcerned && now === AWAY) return { ...arrival, fate: 'away' };
  return isConcerned && isUnknown ? { ...arrival, fate: 'renamed' } : arrival;
}

function arrive(simulation: Simulation, arrival: Arrival): SimRun {
  const { repository: named, jobs, branch, concurrency, fork, lostForMs } = arrival;
  const { github, clock } = simulation.world;
  const repository = named === ALLOWED[1] ? simulation.names.now : named;
  const own = `branch-${simulation.runs.length}`;
  const lost = lostForMs === undefined ? {} : { forgottenSinceMs: clock.nowMs() - lostForMs };
  const more = { ...(concurrency && { concurrency }), ...(fork === undefined ? {} : { fork }), ...lost };
  const run = github.queueRun({ repository, jobs, branch: branch ?? own, ...more });
  if (jobs.some(({ environmentGate }) => environmentGate))
    simulation.later(60_000, () => approveAll(simulation, run));
  return run;
}

/** A reviewer looks each minute, for as long as the last jobs of a chain may take to come. */
function approveAll(simulation: Simulation, run: SimRun): void {
  const { github, clock } = simulation.world;
  for (const job of github.jobsOf(run)) if (job.status === 'waiting') github.approve(job.id);
  if (clock.nowMs() < START_MS + REVIEWED_MS) simulation.later(60_000, () => approveAll(simulation, run));
}
