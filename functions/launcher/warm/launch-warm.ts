/** Launches a runner that waits for a job: as for a job that nobody queued. */
import { parseLabels } from '../../../shared/job/labels.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import type { WarmEvent } from '../../../shared/ledger/warm-entry.ts';
import { LEASE_MS, LIFETIME_MAX_MS } from '../../../shared/limits.ts';
import { registeredAt } from '../../../shared/names.ts';
import type { Job, JobId, Requirements, RunId } from '../../../shared/nouns.ts';
import { noteCreateFailed, waitingMs } from '../../../shared/warm/created.ts';
import { pausePool } from '../../../shared/warm/pause.ts';
import { BILLS_ON, poolNameOf } from '../../../shared/warm/pools.ts';
import { isStandingBy } from '../../../shared/warm/standby.ts';
import { type Ahead, ahead, readAhead } from '../ahead.ts';
import { slotFor } from '../announce.ts';
import { newJobEntry } from '../entries.ts';
import { costOf, rankFor } from '../launch.ts';
import { againWith, mintAndRun, runUnregistered } from '../mint-and-run.ts';
import { openQuotaGate } from '../quota.ts';
import type { LauncherWorld, Outcome } from '../world.ts';

/** Its entry was written by the sweep, and is good for one launch. What comes to nothing leaves no entry, and a pause. */
export async function launchWarm(event: WarmEvent, world: LauncherWorld): Promise<Outcome> {
  const known = readAhead(null, world);
  const runner = await claim(event, world);
  if (runner === null) return { kind: 'known' };
  const { entry } = runner;
  const understood = parseLabels(entry.labels, null, world.config);
  if (understood.kind !== 'ours') return giveUp(runner, 'its labels mean nothing any more', world);
  const nowMs = world.clock.nowMs();
  const isStandby = entry.standby === 'preparing';
  const requirements = waiting(understood.requirements, waitingMs(entry, nowMs), isStandby);
  const job = standIn(entry, nowMs);
  const gate = openQuotaGate(job.entry, await known.quotas, event, world);
  const rankNow = (now: Ahead) =>
    rankFor(job, requirements, isStandby ? withoutBilling(now) : now, gate, world);
  const ranking = await rankNow(known);
  const release = await known.release;
  if (ranking.candidates.length === 0) return giveUp(runner, 'nothing that fits is available', world);
  if (release === null) return giveUp(runner, 'the mirror has no runner release yet', world);
  const cost = costOf(ranking, requirements, world);
  const slot = await slotFor(
    entry,
    { jobCreatedAtMs: entry.createdAtMs, hasTurn: false, isInLine: false },
    cost,
    world,
  );
  if (slot.kind !== 'taken') return giveUp(runner, slot.because, world);
  const { candidates } = ranking;
  const rankAgain = againWith(rankNow, cost, known, world);
  const launch = { job, runner, requirements, candidates, release, gate, rankAgain };
  const outcome = await (isStandby ? runUnregistered : mintAndRun)(launch, world);
  if (outcome.kind === 'waits') await tellWhy(entry, outcome.because, world);
  return outcome;
}

/** One caller gets it, and a lease of its own. */
async function claim(
  { runner, rev }: WarmEvent,
  { ledger, clock, config }: LauncherWorld,
): Promise<Held<RunnerEntry> | null> {
  const held = await ledger.runners.read(runner);
  const nowMs = clock.nowMs();
  if (held === null || held.rev !== rev || held.entry.leaseUntilMs < nowMs) return null;
  const place = isStandingBy(held.entry) ? {} : { registeredAt: registeredAt(config) };
  return ledger.runners.replace(runner, held, { ...held.entry, ...place, leaseUntilMs: nowMs + LEASE_MS });
}

/** The job that comes has its whole lifetime, however long the machine waited for it. Only pay-as-you-go stops billing. */
const waiting = (requirements: Requirements, waitsMs: number, isStandby: boolean): Requirements => ({
  ...requirements,
  ...(isStandby ? { capacityType: 'on-demand' } : {}),
  lifetimeMs: Math.min(LIFETIME_MAX_MS, requirements.lifetimeMs + waitsMs),
});

/** What went on billing when it was stopped is left out. */
function withoutBilling(known: Ahead): Ahead {
  const unavailable = known.unavailable.then((all) => {
    const out = [...all].filter(([key]) => key.startsWith(BILLS_ON));
    return new Map([...all, ...out.map(([key, why]) => [key.slice(BILLS_ON.length), why] as const)]);
  });
  return { ...known, unavailable: ahead(unavailable) };
}

/** In no ledger: what a launch writes of its job's waiting is written nowhere. */
function standIn({ labels, repository, installationId }: RunnerEntry, createdAtMs: number): Held<JobEntry> {
  const job: Job = {
    ...{ id: 0 as JobId, runId: 0 as RunId, runAttempt: 1, name: '' },
    ...{ repository, isPublic: false, installationId, labels, createdAtMs },
  };
  return { entry: newJobEntry(job, '', createdAtMs), rev: '' };
}

async function giveUp(
  { entry, rev }: Held<RunnerEntry>,
  because: string,
  world: LauncherWorld,
): Promise<Outcome> {
  await tellWhy(entry, because, world);
  await world.ledger.runners.remove(entry.name, { entry, rev });
  return { kind: 'waits', because, nextTryAtMs: world.clock.nowMs() };
}

/** The pool pauses; or whoever asked for it is told. */
async function tellWhy(entry: RunnerEntry, because: string, world: LauncherWorld): Promise<void> {
  if (entry.waitsUntilMs === undefined)
    await pausePool(poolNameOf(entry, world.config), entry.name, because, world);
  else await noteCreateFailed(entry.name, because, world.ledger);
}
