/** What people do to repositories and machines while jobs wait; and what GitHub loses. */
import { keep } from '../../../cli/keep/keep.ts';
import { ALLOWED, AWAY, RENAMED, TRANSFERRED } from './arrivals.ts';
import { deployAsPlanned } from './deployed.ts';
import { arrivalOf, shortJob } from './made-runs.ts';
import type { Plan } from './plan.ts';
import type { Names, Simulation } from './simulation.ts';

const HOUR_MS = 3_600_000;

/** In every other plan that renames the operator allowed the new name before. */
export function namesIn({ incidents }: Plan): Names {
  const next = { 'a repository is renamed': RENAMED, 'a repository is transferred': TRANSFERRED };
  const also = incidents.flatMap(({ kind, share }) =>
    share < 0.5 && kind in next ? [next[kind as keyof typeof next]] : [],
  );
  return { now: ALLOWED[1], also: [...new Set(also)], isUnknown: false };
}

/** Once. Where nobody allowed the new name, somebody does so after a while, and runs that are open until then may be refused. */
export function isRenamed(simulation: Simulation, to: string, ms: number): boolean {
  const { world, names, runs, later, plan } = simulation;
  if (names.now !== ALLOWED[1]) return false;
  world.github.renameRepository(names.now, to);
  names.now = to;
  if (names.also.includes(to)) return true;
  names.isUnknown = true;
  for (const [at, { arrival, run }] of runs.entries()) {
    const isOpen = world.github.jobsOf(run).some(({ status }) => status !== 'completed');
    const isConcerned = arrival.repository === ALLOWED[1] && arrival.fate === 'runs';
    if (isConcerned && isOpen) runs[at] = { run, arrival: { ...arrival, fate: 'renamed' } };
  }
  later(ms, () => {
    // Healed meanwhile.
    if (!names.isUnknown) return;
    allowNewName(names);
    deployAsPlanned(world, plan, names.also);
  });
  return true;
}

/** Its open jobs are nobody's to wait for. In repository scope it may come back; elsewhere its group would have to be told. */
export function goesAway(simulation: Simulation, share: number, ms: number): boolean {
  const { world, names, runs, later, plan, installation } = simulation;
  if (names.now !== ALLOWED[1]) return false;
  world.github.addOrganization(AWAY.split('/')[0] as string);
  world.github.renameRepository(names.now, AWAY);
  names.now = AWAY;
  for (const [at, { arrival, run }] of runs.entries()) {
    const isOpen = world.github.jobsOf(run).some(({ status }) => status !== 'completed');
    if (run.repository.fullName === AWAY && isOpen && arrival.fate === 'runs')
      runs[at] = { run, arrival: { ...arrival, fate: 'away' } };
  }
  const comesBack = plan.config.github.scope === 'repository' && share < 0.6;
  if (comesBack)
    later(ms, () => {
      world.github.renameRepository(AWAY, ALLOWED[1]);
      names.now = ALLOWED[1];
      // Where the App is installed: its owner chooses it again.
      if (!world.github.suspend(installation.now.id, false)) return;
      world.github.uninstall(installation.now.id);
      installation.now = world.github.install('acme', installation.repositories);
    });
  return true;
}

export function allowNewName(names: Names): void {
  if (names.isUnknown) names.also.push(names.now);
  names.isUnknown = false;
}

/** A moment ago, or longer ago than GitHub lets a job be queued. */
export function losesRuns({ arrive }: Simulation, share: number): boolean {
  const lostForMs = share < 0.4 ? 30 * HOUR_MS : 0;
  for (let n = 0; n < 1 + Math.floor(share * 6); n++)
    arrive(arrivalOf([shortJob('lost')], { fate: 'lost', lostForMs }));
  return true;
}

/** As `npm run keep` does it, over the operator's own line; it may be refused, or fail half way. */
export function somebodyKeeps({ world, kept }: Simulation, share: number, ms: number): boolean {
  const operator = world.adapters();
  const untilMs = world.clock.nowMs() + ms;
  const keepOne = async () => {
    const { things } = await operator.ledger.runners.list(1_000);
    const alive = things.filter(({ entry }) => entry.instanceId !== null && entry.standby == null);
    const chosen = alive[Math.floor(share * alive.length)];
    if (chosen === undefined) return;
    const outcome = await keep(chosen.entry, untilMs, operator);
    if (outcome.kind === 'kept' && outcome.entry.instanceId !== null)
      kept.set(outcome.entry.instanceId, untilMs);
  };
  keepOne().catch(() => undefined);
  return world.ecs.alive().length > 0;
}
