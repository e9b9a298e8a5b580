/** Stopped machines that are started for jobs: within the limits that a launch has, and not past the brake. */
import type { Simulation } from '../../plan/simulation.ts';
import { capacityOf, type Report, type RunnerRow, rowsOf, slotsIn, TAGS } from '../truth.ts';

const LOOK_MS = 20_000;

interface StartedRow extends RunnerRow {
  readonly startedAtMs?: number;
}

interface JobRow {
  readonly job: { readonly id: number; readonly repository: string };
}

export function watchStarts(sim: Simulation, report: Report): void {
  if (sim.plan.wide.stopped === 0) return;
  const { ecs, clock } = sim.world;
  const planned = jobsPlanned(sim);
  /** Since when launches are held back, as far as we looked; null: they are not. */
  let brakedSinceMs: number | null = null;
  const look = () => {
    brakedSinceMs = capacityOf(sim).has('braked') ? (brakedSinceMs ?? clock.nowMs()) : null;
    clock.after(LOOK_MS, look);
  };
  clock.after(LOOK_MS, look);
  const call = ecs.call.bind(ecs);
  ecs.call = (region, action, params, credential) => {
    if (action === 'StartInstance') checkStart(sim, params.InstanceId ?? '', brakedSinceMs, planned, report);
    return call(region, action, params, credential);
  };
}

/** What sweeps asked launches for: those have a turn, and nobody else has while launches are held back. */
function jobsPlanned({ world }: Simulation): ReadonlySet<number> {
  const planned = new Set<number>();
  const { fc } = world;
  const invokeAsync = fc.invokeAsync.bind(fc);
  fc.invokeAsync = (name, event) => {
    const asked = JSON.parse(Buffer.from(event).toString('utf8'));
    if (asked.kind === 'due' && asked.hasTurn) planned.add(asked.job.id);
    return invokeAsync(name, event);
  };
  return planned;
}

function checkStart(
  sim: Simulation,
  id: string,
  brakedSinceMs: number | null,
  planned: ReadonlySet<number>,
  report: Report,
): void {
  const name = sim.world.ecs
    .alive()
    .find((machine) => machine.id === id)
    ?.tags.get(TAGS.name);
  const row = rowsOf<StartedRow>(sim, 'runner').find((each) => each.name === name);
  const entry = rowsOf<JobRow>(sim, 'job').find(({ job }) => job.id === row?.for);
  if (row === undefined || entry === undefined) return;
  const slot = slotsIn(sim).find((each) => each.name === name);
  const isCounted = slot?.counts.some((column) => column.startsWith('r_')) === true;
  if (!isCounted)
    report('what is started for a job counts as its repository’s', `${name} for ${entry.job.repository}`);
  const isHeldBack = brakedSinceMs !== null && (row.startedAtMs ?? 0) > brakedSinceMs + LOOK_MS;
  if (isHeldBack && !planned.has(entry.job.id) && capacityOf(sim).has('braked'))
    report('no start passes the brake', `${name} for ${entry.job.id}, which had no turn`);
}
