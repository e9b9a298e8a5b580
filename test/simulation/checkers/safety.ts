/** What must hold at every step (design: "What is always true"). Judges only; knows nothing of the product's code. */

import type { Params } from '../../../simulator/ecs/parameters.ts';
import type { Watch } from '../../world/ports.ts';
import { isAllowed } from '../plan/arrivals.ts';
import type { Simulation } from '../plan/simulation.ts';
import { checkBirth, createLimits, LAUNCH_MAX_MS } from './births.ts';
import { createIdempotence } from './idempotence.ts';
import { createSecrets } from './secrets.ts';
import { checkTheirs, jobOn, ours, type Report, type RunnerRow, rowsOf, TAGS, tagsIn } from './truth.ts';
import { createWarm } from './warm/warm.ts';

export interface Violation {
  readonly check: string;
  readonly atMs: number;
  readonly what: string;
}

const MINUTE_MS = 60_000;
/** Clocks of two functions may differ by so much: a lease counts while all of them see it. */
const SKEW_MAX_MS = 10_000;

/** `sim` comes later, because the watch is part of the world. */
export function createSafety(report: Report) {
  let sim: Simulation | null = null;
  const secrets = createSecrets(report);
  const warm = createWarm(report);
  const idempotence = createIdempotence(report);
  /** Runners that the ledger once knew as busy, by what it was asked to write. */
  const knownBusy = new Set<string>();
  /** When the history was first asked to keep a job's outcome. */
  const knownEnded = new Map<number, number>();

  const watch: Watch = {
    log: (event, fields) => secrets.line(event, fields),
    row(table, key, columns) {
      secrets.row(table, key, columns);
      if (typeof columns.body !== 'string' || sim === null) return;
      const nowMs = sim.world.clock.nowMs();
      if (table === 'history') noteEnd(columns.body, knownEnded, sim.world.clock.nowMs());
      else if (key[0] === 'runner') {
        noteBusy(columns.body, knownBusy);
        warm.written(columns.body, nowMs);
      } else if (key[0] === 'job') checkWait(columns.body, report);
    },
    gone(_table, [kind, id]) {
      if (sim === null || kind !== 'runner') return;
      // Removed on condition: by then it may have been somebody else's.
      if (rowsOf<RunnerRow>(sim, 'runner').some(({ name }) => name === id)) return;
      checkForgotten(sim, id, report);
      idempotence.closed(id);
    },
  };

  return {
    watch,
    attach(to: Simulation): void {
      sim = to;
      watchEcs(to, { knownBusy, knownEnded, warm, idempotence }, report);
    },
  };
}

/** A job that nobody runs says why it waits, and until when. */
function checkWait(body: string, report: Report): void {
  const { because, startedOn, nextTryAtMs } = JSON.parse(body) as Record<string, unknown>;
  if (startedOn === null && (because === '' || !Number.isFinite(nextTryAtMs)))
    report('a waiting job has its reason and its next try', body.slice(0, 200));
}

/** The entry is the last that goes: while there is an instance, there is an entry. */
function checkForgotten(sim: Simulation, name: string, report: Report): void {
  const left = ours(sim).find(({ tags }) => tags.get(TAGS.name) === name);
  if (left !== undefined)
    report('an entry outlives its instance', `${name} is forgotten, ${left.id} is alive`);
}

interface Known {
  readonly knownBusy: ReadonlySet<string>;
  readonly knownEnded: ReadonlyMap<number, number>;
  readonly warm: ReturnType<typeof createWarm>;
  readonly idempotence: ReturnType<typeof createIdempotence>;
}

function watchEcs(sim: Simulation, known: Known, report: Report): void {
  const { knownBusy, knownEnded, warm, idempotence } = known;
  const { ecs } = sim.world;
  const call = ecs.call.bind(ecs);
  const limits = createLimits(sim);
  ecs.call = (region, action, params, credential) => {
    if (action === 'DeleteInstance' || action === 'DeleteInstances' || action === 'StopInstance')
      checkDeletion(sim, params, knownBusy, report);
    warm.asked(sim, action, params);
    if (action !== 'RunInstances') return call(region, action, params, credential);
    checkOneLaunch(sim, params, report);
    checkEnded(sim, params, knownEnded, report);
    warm.launched(sim, tagsIn(params));
    const before = ours(sim).length;
    try {
      const answer = call(region, action, params, credential);
      idempotence.answered(params, null);
      return answer;
    } catch (error) {
      idempotence.answered(params, error as { code: string; status: number | null });
      throw error;
    } finally {
      if (ours(sim).length > before) checkBirth(sim, limits(), report);
    }
  };
}

/** An instance that runs a job is not deleted before its lifetime is over. */
function checkDeletion(sim: Simulation, params: Params, busy: ReadonlySet<string>, report: Report): void {
  const asked = new Set(Object.entries(params).flatMap(([key, id]) => (/^InstanceId/.test(key) ? [id] : [])));
  for (const machine of sim.world.ecs.alive().filter(({ id }) => asked.has(id))) {
    checkTheirs(machine, report);
    const job = jobOn(sim, machine);
    if (job === null) continue;
    const name = machine.tags.get(TAGS.name) ?? '';
    const endsAtMs = (machine.releaseAtMs ?? 0) - 31 * MINUTE_MS;
    if (sim.world.clock.nowMs() >= endsAtMs) continue;
    // Nobody can tell us of a job elsewhere that GitHub keeps secret; what we were told counts.
    const isOurs = isAllowed(job.run.repository.fullName);
    if (!isOurs && !busy.has(name)) continue;
    report(
      'no busy instance is deleted',
      `${machine.id} (${name}) runs ${job.id} of ${job.run.repository.fullName}`,
    );
  }
}

function checkOneLaunch(sim: Simulation, params: Params, report: Report): void {
  const nowMs = sim.world.clock.nowMs();
  const tags = tagsIn(params);
  const job = Number(tags.get(TAGS.job));
  const live = rowsOf<RunnerRow>(sim, 'runner').filter(
    (row) =>
      row.state === 'launching' &&
      row.for === job &&
      row.leaseUntilMs > nowMs + SKEW_MAX_MS &&
      !row.isUnwanted,
  );
  if (live.length > 1)
    report('at most one launch is in progress for a job', live.map(({ name }) => name).join(', '));
  if (!rowsOf<RunnerRow>(sim, 'runner').some(({ name }) => name === tags.get(TAGS.name)))
    report('the intention is written before the effect', `${tags.get(TAGS.name)} has no entry`);
}

function noteBusy(body: string, knownBusy: Set<string>): void {
  const { name, busyWith, state } = JSON.parse(body) as RunnerRow;
  if (busyWith !== null || state === 'busy') knownBusy.add(name);
}

function noteEnd(body: string, ended: Map<number, number>, nowMs: number): void {
  const { job, outcome } = JSON.parse(body) as { job?: { id: number }; outcome: string | null };
  // Machines that no job ran on, and bills, have rows of their own there.
  if (job === undefined || ended.has(job.id)) return;
  // What was given up because GitHub showed it to us no more is found again when it does.
  if (outcome !== null && outcome !== 'refused' && outcome !== 'expired') ended.set(job.id, nowMs);
}

/** A launch that was under way when its job ended may come to its end; none begins after that. */
function checkEnded(
  sim: Simulation,
  params: Params,
  ended: ReadonlyMap<number, number>,
  report: Report,
): void {
  const job = Number(tagsIn(params).get(TAGS.job));
  const sinceMs = sim.world.clock.nowMs() - (ended.get(job) ?? Number.POSITIVE_INFINITY);
  if (sinceMs > LAUNCH_MAX_MS + SKEW_MAX_MS)
    report('nothing is launched for a job that has ended', `${job}, ${sinceMs} ms after its end was kept`);
}
