/** A world as a plan wants it, with everybody who acts in it. */
import type { SimJob, SimRun } from '../../simulator/github/index.ts';
import { type Random, seeded } from '../../simulator/random.ts';
import { openWorld, START_MS, type World } from '../world/in-process.ts';
import type { Watch } from '../world/ports.ts';
import { smallRegion } from '../world/small-region.ts';
import { ALLOWED, type Arrival, DARK, STRANGER } from './arrivals.ts';
import { type Faults, faultsOf } from './faults.ts';
import { deployAsPlanned, HAPPENINGS } from './happenings.ts';
import type { Plan } from './plan.ts';

export interface PlannedRun {
  readonly arrival: Arrival;
  readonly run: SimRun;
}

type Installation = ReturnType<World['github']['install']>;

export interface Scene {
  readonly plan: Plan;
  readonly world: World;
  readonly faults: Faults;
  readonly runs: readonly PlannedRun[];
  /** Of the latest attempt of each run. */
  jobs(): readonly SimJob[];
  later(ms: number, act: () => void): void;
  readonly installation: { now: Installation; readonly repositories: readonly string[] };
  addForeignRunner(labels: readonly string[], share: number): void;
}

const REVIEWED_MS = 8 * 3_600_000;
const SEEN = [...ALLOWED, STRANGER];

export function openScene(plan: Plan, watch: Watch): Scene {
  const random = seeded(plan.seed + 1);
  const faults = faultsOf(plan.rates, random.fork());
  const world = worldOf(plan, faults, watch, random.fork());
  deployAsPlanned(world, plan);
  world.ecs.stuckPending(faults.rate('ecs stuck in Pending'));
  const { drop, duplicate, throttle, serverError, kill, skipTimer, doubleTimer } = fcRates(faults);
  Object.assign(world.fc.faults, { drop, duplicate, throttle, serverError, kill, skipTimer, doubleTimer });

  const runs: PlannedRun[] = [];
  const scene: Scene = {
    plan,
    world,
    faults,
    runs,
    jobs: () => runs.flatMap(({ run }) => world.github.jobsOf(run)),
    later: (ms, act) => void world.clock.after(ms, act),
    installation: { now: world.installation, repositories: SEEN },
    addForeignRunner: (labels, share) => addForeignRunner(world, labels, share),
  };
  for (const arrival of plan.arrivals)
    world.clock.after(arrival.atMs, () => runs.push({ arrival, run: arrive(scene, arrival) }));
  for (const { atMs, kind, share, ms } of plan.happenings)
    world.clock.after(atMs, () => {
      if (HAPPENINGS[kind](scene, share, ms)) faults.count(kind);
    });
  return scene;
}

function fcRates(faults: Faults) {
  const of = (
    name: 'drop' | 'duplicate' | 'throttle' | 'serverError' | 'kill' | 'skipTimer' | 'doubleTimer',
  ) => faults.rate(`fc ${name}`);
  return {
    ...{ drop: of('drop'), duplicate: of('duplicate'), throttle: of('throttle'), kill: of('kill') },
    ...{ serverError: of('serverError'), skipTimer: of('skipTimer'), doubleTimer: of('doubleTimer') },
  };
}

function worldOf(plan: Plan, faults: Faults, watch: Watch, random: Random): World {
  const { soldOut, interruptions, listLagMs, skewMs, tokenDelayMs } = plan.world;
  return openWorld({
    seed: plan.seed,
    watch,
    repositories: [...SEEN, DARK],
    installed: SEEN,
    skewMs: () => random.whole(-skewMs, skewMs),
    ecsDoor: faults.door,
    post: async () => {
      if (faults.happens('alert channel down')) throw new Error('the channel is down');
    },
    observe: (happening) => {
      if (happening.kind === 'dropped') faults.count(`fc gave up: ${happening.because.split(':')[0]}`);
      if (happening.kind === 'ended' && happening.outcome === 'failed')
        faults.count(`fc run ended: ${happening.because.split(':')[0]}`);
    },
    github: {
      faults: faults.github,
      deliveryFaults: faults.delivery,
      behaviour: {
        hiddenBusy: faults.rate('runner busy in secret'),
        consumedAtAssignment: faults.rate('registration consumed at assignment'),
        deaf: faults.rate('runner is deaf'),
        tokenDelayMs,
      },
    },
    ecs: {
      regions: [smallRegion()],
      soldOut,
      interruptions,
      delays: { listLagMs: [0, listLagMs] },
      faults: faults.ecs,
    },
    boots: { hangs: () => faults.happens('boot hangs'), failures: faults.rate('job fails by itself') },
  });
}

function arrive(scene: Scene, { repository, jobs }: Arrival): SimRun {
  const { github } = scene.world;
  const run = github.queueRun({ repository, jobs });
  if (jobs.some(({ environmentGate }) => environmentGate)) scene.later(60_000, () => approveAll(scene, run));
  return run;
}

/** A reviewer looks each minute, for as long as the last jobs of a chain may take to come. */
function approveAll(scene: Scene, run: SimRun): void {
  const { github, clock } = scene.world;
  for (const job of github.jobsOf(run)) if (job.status === 'waiting') github.approve(job.id);
  if (clock.nowMs() < START_MS + REVIEWED_MS) scene.later(60_000, () => approveAll(scene, run));
}

/** Somebody else's machine in our runner group, good for one job; it waits for half an hour. */
function addForeignRunner({ plane, github, clock }: World, labels: readonly string[], share: number): void {
  const name = `their-machine-${clock.nowMs() - START_MS}` as never;
  const target = { owner: 'acme', repository: null, installationId: null };
  const minted = plane().github.mint(target, { name, labels });
  minted.then(
    (outcome) => {
      if (outcome.kind !== 'minted') return;
      // A job that was cancelled has taken the session with it.
      const finish = (id: number) => github.job(id)?.status === 'in_progress' && session.finishJob('success');
      const session = github.connectRunner(outcome.jitConfig, {
        onJob: (job) => void clock.after(job.durationMs, () => finish(job.id)),
      });
      clock.after(1_800_000 * (0.1 + share), () => session.disconnect());
    },
    () => undefined,
  );
}

/** From now on nothing goes wrong any more; what went wrong before has still to be mended. */
export function heal({ world, faults, plan, runs, later }: Scene): void {
  const { github, fc, ecs } = world;
  faults.heal();
  Object.assign(fc.faults, { drop: 0, duplicate: 0, throttle: 0, serverError: 0, kill: 0, skipTimer: 0 });
  Object.assign(fc.faults, { doubleTimer: 0, killAfterMs: null, killAt: null });
  Object.assign(github.behaviour, { hiddenBusy: 0, consumedAtAssignment: 0, deaf: 0 });
  world.store.faults = null;
  ecs.stuckPending(0);
  later(16 * 60_000, () => deployAsPlanned(world, plan));
  // Nobody is left to run what is not ours.
  for (const { arrival, run } of runs)
    if (arrival.fate !== 'runs') later(20 * 60_000, () => github.cancelRun(run));
}
