/** Runners that are to wait for jobs are launched: their entries first, then the launcher is asked. */
import { alertOnce, resolveAlert } from '../../../../shared/alert-once.ts';
import type { Ending, RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { CapacityView } from '../../../../shared/ledger/ledger.ts';
import { isStopped } from '../../../../shared/ledger/stop.ts';
import { warmNameOf } from '../../../../shared/names.ts';
import { askForRunner, firstEntry } from '../../../../shared/warm/ask.ts';
import {
  WARM_AGE_MS,
  WARM_PAUSE_MAX_MS,
  WARM_PROVEN_MS,
  WARM_STARTS_PER_SWEEP_MAX,
} from '../../../../shared/warm/limits.ts';
import { endPause, pausePool, readPause } from '../../../../shared/warm/pause.ts';
import { type Pool, poolNameOf, poolsAt } from '../../../../shared/warm/pools.ts';
import { type Braked, markOffering } from '../../brake/brake.ts';
import { endingOf, isWithoutJob, wordsOf } from '../../brake/endings.ts';
import { isInLine, slotsForAside } from '../../own-limits.ts';
import type { Repaired } from '../../repair/repair.ts';
import type { Survey } from '../../survey/survey.ts';
import { LEFT } from '../../survey/warm.ts';
import type { ReaperWorld } from '../../world.ts';
import { planStarts } from '../plan.ts';

/** How many. Jobs that wait come first, and while launches are held back nothing is launched for jobs to come. */
export async function refillPools(
  { wanting, spent }: Pick<Repaired, 'wanting' | 'spent'>,
  { runners, ledgerComplete }: Survey,
  braked: Braked | null,
  world: ReaperWorld,
): Promise<number> {
  await noteFailed(spent, world);
  if (world.config.warm.length === 0) return 0;
  await noteReady(
    runners.map(({ entry }) => entry),
    world,
  );
  if (!ledgerComplete || wanting.length === 0) return 0;
  const view = await world.ledger.capacity.view();
  if (!hasPrecedence(braked, view, world)) return 0;
  const due = await dueNow(wanting, view, world);
  // What made room for a job would else be made anew as soon as it is gone, and go again.
  const aside = slotsForAside((braked?.uncovered ?? []).map(({ entry }) => entry));
  const slots = Math.max(0, world.config.limits.runners - view.total - aside);
  let made = 0;
  for (const [at, { pool, stamp }] of due.slice(0, Math.min(slots, WARM_STARTS_PER_SWEEP_MAX)).entries())
    if (await start(pool, stamp, at, world)) made++;
  return made;
}

/** One for each runner. */
async function dueNow(
  wanting: Repaired['wanting'],
  { stop }: CapacityView,
  world: ReaperWorld,
): Promise<Repaired['wanting'][number][]> {
  const due: Repaired['wanting'][number][] = [];
  for (const each of wanting)
    if (!isStopped(stop, each.pool.repository) && (await mayRefill(each.pool, world)))
      due.push(...Array(each.count).fill(each));
  return due;
}

/**
 * False: jobs wait that the next free slots are for; or nobody knows. What waits at its own limit, of a repository or a
 * profile, takes none of them.
 */
function hasPrecedence(
  braked: Braked | null,
  view: CapacityView,
  { config, clock }: Pick<ReaperWorld, 'config' | 'clock'>,
): boolean {
  if (braked === null || braked.because !== null) return false;
  const inLine = braked.uncovered
    .filter(({ entry }) => isInLine(entry))
    .map((held) => ({ ...held, entry: { ...held.entry, nextTryAtMs: 0 } }));
  return planStarts(inLine, view, config, clock.nowMs(), { mayStart: () => false }).line.length === 0;
}

/** What failed before is forgotten once a runner has waited for a while, or got a job. */
async function noteReady(entries: readonly RunnerEntry[], world: ReaperWorld): Promise<void> {
  const nowMs = world.clock.nowMs();
  const isReady = ({ warm, state, stateAtMs, standby }: RunnerEntry) =>
    warm !== undefined &&
    (state === 'busy' ||
      ((state === 'idle' || standby === 'stopped') && nowMs - stateAtMs >= WARM_PROVEN_MS));
  const ready = new Set(entries.filter(isReady).map((entry) => poolNameOf(entry, world.config)));
  for (const { name } of poolsAt(world.config, nowMs))
    if (ready.has(name) && (await endPause(name, world))) await resolveAlert(alertOf(name), world);
}

const alertOf = (pool: string): string => `warm-${pool}`;

/**
 * A runner of the pool that ended before any job had it is a failure, online or not: what fails again and again is told, and
 * tried now and then. Its offering is left alone for a while, where it is the machine that was of no use.
 */
async function noteFailed(spent: Repaired['spent'], world: ReaperWorld): Promise<void> {
  for (const observation of spent) {
    const entry = observation.held?.entry;
    if (entry === undefined || !isFailed(entry, observation, world.clock.nowMs())) continue;
    const ending = endingOf(entry, observation);
    const because = `its last runner was of no use: ${whyOf(entry, ending)}`;
    if (entry.waitsUntilMs === undefined) await pause(entry, because, world);
    if (!wasPrepared(entry)) await markOffering(entry, ending, world);
  }
}

const whyOf = ({ standby, because }: RunnerEntry, ending: Ending): string =>
  (standby == null ? '' : because) || wordsOf(ending);

/** What goes on billing, or was lost while it stood stopped, is a machine as good as any. */
const wasPrepared = ({ standby }: RunnerEntry): boolean => standby != null && standby !== 'preparing';

async function pause(entry: RunnerEntry, because: string, world: ReaperWorld): Promise<void> {
  const pool = poolNameOf(entry, world.config);
  const { forMs, because: last } = await pausePool(pool, entry.name, because, world);
  if (forMs < WARM_PAUSE_MAX_MS) return;
  const text = `No runner waits in the pool ${pool}, because ${last}. Jobs get machines as if it were not there. Look: npm run list, and npm run doctor`;
  await alertOnce(alertOf(pool), text, world);
}

async function mayRefill({ name }: Pool, world: ReaperWorld): Promise<boolean> {
  const before = await readPause(name, world);
  return before === null || world.clock.nowMs() >= before.untilMs;
}

/** Not what we took out of use, or a person: for its age, its stamp, or because nobody wants it. */
function isFailed(entry: RunnerEntry, observation: Repaired['spent'][number], nowMs: number): boolean {
  const { warm, removedAtMs, onlineAtMs, instanceId, createdAtMs } = entry;
  const isOfPool = warm !== undefined && warm !== LEFT && entry.for === null && entry.takenAtMs === undefined;
  const isRemoved = removedAtMs !== null && onlineAtMs !== null;
  const wasReady = entry.standby === 'stopped';
  const isYoung = nowMs - createdAtMs < WARM_AGE_MS;
  return (
    isOfPool && isWithoutJob(entry, observation) && !isRemoved && !wasReady && instanceId !== null && isYoung
  );
}

/** Should the launcher never hear of it, the sweep closes it as any launch without a launcher. */
async function start(pool: Pool, stamp: string, at: number, world: ReaperWorld): Promise<boolean> {
  const { clock, config, log } = world;
  const nowMs = clock.nowMs();
  const name = warmNameOf(config.name, pool.requirements.arch, Math.floor(nowMs / 1000), at);
  const standby = pool.kind === 'stopped' ? ({ standby: 'preparing' } as const) : {};
  const entry = { ...firstEntry(name, pool, nowMs), warm: stamp, ...standby };
  const { held, error } = await askForRunner(entry, world);
  if (held !== null || error !== null) log('warm.due', { runner: name, pool: pool.name });
  if (error !== null) log('warm.due_failed', { runner: name, error });
  return held !== null;
}
