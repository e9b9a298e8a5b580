/** Runners that are to wait for jobs are launched: their entries first, then the launcher is asked. */
import { alertOnce, resolveAlert } from '../../../../shared/alert-once.ts';
import { BLANK_RUNNER } from '../../../../shared/ledger/blank-runner.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { CapacityView } from '../../../../shared/ledger/ledger.ts';
import { isStopped } from '../../../../shared/ledger/stop.ts';
import { LEASE_MS } from '../../../../shared/limits.ts';
import { warmNameOf } from '../../../../shared/names.ts';
import { WARM_PAUSE_MAX_MS, WARM_STARTS_PER_SWEEP_MAX } from '../../../../shared/warm/limits.ts';
import { endPause, pausePool, readPause } from '../../../../shared/warm/pause.ts';
import { type Pool, poolNameOf, poolsAt } from '../../../../shared/warm/pools.ts';
import type { Braked } from '../../brake/brake.ts';
import type { Repaired } from '../../repair/repair.ts';
import type { Survey } from '../../survey/survey.ts';
import type { ReaperWorld } from '../../world.ts';
import { isInLine, planStarts } from '../plan.ts';

/** How many. Jobs that wait come first, and while launches are held back nothing is launched for jobs to come. */
export async function refillPools(
  { wanting, spent }: Pick<Repaired, 'wanting' | 'spent'>,
  { runners, ledgerComplete }: Survey,
  braked: Braked | null,
  world: ReaperWorld,
): Promise<number> {
  if (world.config.warm.length === 0) return 0;
  await noteReady(
    runners.map(({ entry }) => entry),
    world,
  );
  const view = await world.ledger.capacity.view();
  if (!ledgerComplete || !hasPrecedence(braked, view, world)) return 0;
  const { stop } = view;
  const failed = spent.flatMap(({ held }) => held?.entry ?? []).filter(isNeverOnline);
  const due: Repaired['wanting'][number][] = [];
  for (const each of wanting)
    if (!isStopped(stop, each.pool.repository) && (await mayRefill(each.pool, failed, world)))
      due.push(...Array(each.count).fill(each));
  let made = 0;
  for (const [at, { pool, stamp }] of due.slice(0, WARM_STARTS_PER_SWEEP_MAX).entries())
    if (await start(pool, stamp, at, world)) made++;
  return made;
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
  return planStarts(inLine, view, config, clock.nowMs(), () => false).line.length === 0;
}

/** What failed before is forgotten once a runner waits. */
async function noteReady(entries: readonly RunnerEntry[], world: ReaperWorld): Promise<void> {
  const ready = new Set(
    entries
      .filter(({ warm, state }) => warm !== undefined && state === 'idle')
      .map((entry) => poolNameOf(entry, world.config)),
  );
  for (const { name } of poolsAt(world.config, world.clock.nowMs()))
    if (ready.has(name) && (await endPause(name, world))) await resolveAlert(alertOf(name), world);
}

const alertOf = (pool: string): string => `warm-${pool}`;

/** A machine that had no runner is a failure of its pool: what fails again and again is told, and tried now and then. */
async function mayRefill(
  { name }: Pool,
  failed: readonly RunnerEntry[],
  world: ReaperWorld,
): Promise<boolean> {
  const nowMs = world.clock.nowMs();
  const isFailed = failed.some((entry) => poolNameOf(entry, world.config) === name);
  const before = await readPause(name, world);
  if (before !== null && nowMs < before.untilMs) return false;
  if (!isFailed) return true;
  const { forMs, because } = await pausePool(name, 'its last runner never came online', world);
  if (forMs >= WARM_PAUSE_MAX_MS)
    await alertOnce(
      alertOf(name),
      `No runner waits in the pool ${name}, because ${because}. Jobs get machines as if it were not there. Look: npm run list, and npm run doctor`,
      world,
    );
  return false;
}

const isNeverOnline = ({ warm, state, onlineAtMs, instanceId }: RunnerEntry): boolean =>
  warm !== undefined && state !== 'busy' && onlineAtMs === null && instanceId !== null;

/** The launcher's to claim, for one lease; should it never hear of it, the sweep closes it as any launch without a launcher. */
async function start(pool: Pool, stamp: string, at: number, world: ReaperWorld): Promise<boolean> {
  const { ledger, clock, config, queue, log } = world;
  const nowMs = clock.nowMs();
  const name = warmNameOf(config.name, pool.requirements.arch, Math.floor(nowMs / 1000), at);
  const held = await ledger.runners.add(name, {
    ...BLANK_RUNNER,
    ...{ name, state: 'launching', for: null, warm: stamp, labels: pool.labels },
    ...{ repository: pool.repository, installationId: null },
    ...{ profile: pool.requirements.profile, diskGiB: pool.requirements.diskGiB },
    ...{ createdAtMs: nowMs, stateAtMs: nowMs, leaseUntilMs: nowMs + LEASE_MS },
  });
  if (held === null) return false;
  log('warm.due', { runner: name, pool: pool.name });
  try {
    await queue.launch({ kind: 'warm', runner: name, rev: held.rev });
  } catch (error) {
    log('warm.due_failed', { runner: name, error: error instanceof Error ? error.message : 'unknown' });
    return !(await ledger.runners.remove(name, held));
  }
  return true;
}
