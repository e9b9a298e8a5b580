/** A job ended: on the runner that GitHub names, or on none. */
import { isAllowed, isForUs } from '../../../shared/job/labels.ts';
import { amend, mergeTrail, removeEntry } from '../../../shared/ledger/amend.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { readHistory } from '../../../shared/ledger/read-history.ts';
import { TAG } from '../../../shared/names.ts';
import type { Instance, Job } from '../../../shared/nouns.ts';
import { interruptionLine, noteInterrupted } from '../ending/interrupted.ts';
import { terminate } from '../ending/terminate.ts';
import { ownNetworks, whyNotOurs } from '../own-instance.ts';
import type { ReaperWorld } from '../world.ts';
import { reportForeignJob, wasTurnedAway } from './foreign-job.ts';
import { type EndedEvent, historyRow } from './history.ts';
import { keptToDebug } from './kept-to-debug.ts';
import { findOwnRunner } from './own-runner.ts';
import { readUsage } from './read-usage.ts';
import { isEndOnRecord } from './record.ts';
import { findLatestRunner, repoint } from './repoint.ts';

/**
 * A delivery is taken at its word, but where it contradicts what we know: an ephemeral runner runs one job, so what ended
 * on one that is busy with another is looked up, and so is what is not from the allow-list.
 */
export async function recordEnd(event: EndedEvent, world: ReaperWorld): Promise<void> {
  const { job } = event;
  const { ledger, config, log } = world;
  const named = await findNamed(event, world);
  if (named === null && !isForUs(job, config) && (await ledger.jobs.read(job.id)) === null) return;
  if (named !== null && isDoubtful(named.entry, job, config) && !(await isEndOnRecord(event, world))) {
    log('job.end_doubted', { job: job.id, runner: named.entry.name, busyWith: named.entry.busyWith });
    return;
  }
  await settleEnd(event, world, named);
}

const findNamed = ({ runner }: EndedEvent, { ledger }: ReaperWorld): Promise<Held<RunnerEntry> | null> =>
  runner === null ? Promise.resolve(null) : findOwnRunner(runner, ledger);

/** Pure. What it is busy with, or else meant for: the word that it runs something else may be late, and this one wrong. */
function isDoubtful(entry: RunnerEntry, job: Job, { repositories }: ReaperWorld['config']): boolean {
  if (!isAllowed(job.repository, repositories.allow)) return true;
  return entry.ran?.id !== job.id && (entry.busyWith ?? entry.for) !== job.id;
}

/** What GitHub's own record says, or nobody doubts. `history` first: a launcher that opens the job's entry from now on takes it back. */
export async function settleEnd(
  event: EndedEvent,
  world: ReaperWorld,
  known?: Held<RunnerEntry> | null,
): Promise<void> {
  const { job, runner, conclusion } = event;
  const { ledger, log } = world;
  const named = known === undefined ? await findNamed(event, world) : known;
  const [live, usage] = await Promise.all([ledger.jobs.read(job.id), readUsage(named, world)]);
  const entry = live?.entry ?? null;
  const machines = named === null ? [] : await machinesOf(named.entry, event, world);
  const ranOn = named === null ? null : seenToTheEnd(named.entry, machines, world.clock.nowMs());
  const row = historyRow(event, entry, ranOn);
  await ledger.history.merge({ ...row, usage, job: await asFirstHeard(job, entry, ledger) });
  if (ranOn?.isInterrupted || wasTurnedAway(event, ranOn, world)) await noteInterrupted(job, world);
  await removeEntry(ledger.jobs, job.id);
  log('job.ended', { job: job.id, conclusion, runner: runner?.name ?? null, isOurs: named !== null });

  if (named !== null)
    await retireNamed(event, named, { machines, isInterrupted: ranOn?.isInterrupted === true }, world);
  await repoint(job, entry, named?.entry.for ?? null, world);
  await dropOwnLaunch(job, entry, world);
  if (named !== null) await reportForeignJob(job, entry, named.entry, world);
}

/** `history` is by the day of creation: where GitHub does not say that, what was heard first is nearest to it. */
async function asFirstHeard(job: Job, entry: JobEntry | null, ledger: ReaperWorld['ledger']): Promise<Job> {
  if (job.isUndated !== true) return job;
  const first = entry?.job ?? (await readHistory(job, ledger))?.job ?? job;
  return { ...job, createdAtMs: first.createdAtMs };
}

/**
 * On the market's notice our own script ends the runner within seconds, and with it the job, long before a sweep sees
 * the notice: what ended badly on spot is asked for its machine, which is not deleted yet.
 */
async function machinesOf(
  entry: RunnerEntry,
  { conclusion }: EndedEvent,
  world: ReaperWorld,
): Promise<readonly Instance[]> {
  const { name, candidate, region, instanceId } = entry;
  const { instances, config } = world;
  if (conclusion === 'success' || candidate?.capacityType === 'on-demand') return [];
  const networks = await ownNetworks(world);
  const isOurs = (instance: Instance) =>
    instance.tags[TAG.name] === name && whyNotOurs(instance, entry, networks, config.name) === null;
  if (region !== null && instanceId !== null)
    return (await instances.find(region, [instanceId])).filter(isOurs);
  // Its launcher died before it could write down what it had made.
  const regions = new Set((entry.walks ?? config.placements).map((place) => place.region));
  const lists = await Promise.all([...regions].map((each) => instances.list(each)));
  return lists.flatMap(({ things }) => things).filter(isOurs);
}

/** Pure. */
function seenToTheEnd(entry: RunnerEntry, machines: readonly Instance[], atMs: number): RunnerEntry {
  if (entry.isInterrupted || !machines.some(({ isRecycling }) => isRecycling)) return entry;
  return { ...entry, isInterrupted: true, trail: mergeTrail(...entry.trail, interruptionLine(entry, atMs)) };
}

/** The runner that GitHub names is spent: it needs no proof, and no deregistration. */
async function retireNamed(
  event: EndedEvent,
  named: Held<RunnerEntry>,
  { machines, isInterrupted }: { readonly machines: readonly Instance[]; readonly isInterrupted: boolean },
  world: ReaperWorld,
): Promise<void> {
  const { name } = named.entry;
  const nowMs = world.clock.nowMs();
  const change = (entry: RunnerEntry) => {
    const next = spent(entry, event.job, nowMs);
    if (next === undefined) return undefined;
    // The circuit breaker looks for it there.
    const seen = { ...next, isInterrupted: next.isInterrupted || isInterrupted };
    return { ...seen, ...keptToDebug(seen, event, world.config) };
  };
  const retired = await amend(world.ledger.runners, name, change, named);
  if (retired !== null) await terminate(retired.entry, world, machines);
}

/** Pure. */
function spent(entry: RunnerEntry, job: Job, nowMs: number): RunnerEntry | undefined {
  if (entry.state === 'retiring' && entry.busyWith === null && entry.ran !== null) return undefined;
  const because = entry.state === 'retiring' ? entry.because : 'its job completed';
  return { ...entry, state: 'retiring', stateAtMs: nowMs, busyWith: null, for: null, ran: job, because };
}

/** A launch under lease is only marked: its holder sees the mark at its next write and undoes what it made. */
async function dropOwnLaunch(job: Job, entry: JobEntry | null, world: ReaperWorld): Promise<void> {
  const own = await findLatestRunner(job, entry, world);
  if (own === null || !isLaunchFor(own.entry, job)) return;
  await amend(
    world.ledger.runners,
    own.entry.name,
    (now) => (isLaunchFor(now, job) ? { ...now, isUnwanted: true, because: 'its job ended' } : undefined),
    own,
  );
  world.log('launch.unwanted', { job: job.id, runner: own.entry.name });
}

function isLaunchFor(entry: RunnerEntry, job: Job): boolean {
  return entry.state === 'launching' && entry.for === job.id && !entry.isUnwanted;
}
