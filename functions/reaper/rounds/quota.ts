/** The account's quotas in a sweep: what is learned of them is tended, and who waits for one goes on when there is room. */
import { alertOnce } from '../../../shared/alert-once.ts';
import type { JobEntry, QuotaWait, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { LEDGER_SCAN_MAX, LIMIT_PROBE_MS } from '../../../shared/limits.ts';
import type { Instance, JobId } from '../../../shared/nouns.ts';
import {
  afterLook,
  describeLimit,
  isProbeDue,
  type LearnedLimit,
  type LearnedLimits,
  roomIn,
  type Usage,
  usageOf,
} from '../../../shared/quota/learned-limits.ts';
import { changeLimits, readLimits } from '../../../shared/quota/note.ts';
import { repositoryKey } from '../own-limits.ts';
import type { Survey } from '../survey/survey.ts';
import type { ReaperWorld } from '../world.ts';
import { byAge, inTurns, type Waiting } from './in-turns.ts';

/** Corrects the limits by what is alive, tells a person of them, and says how many there are. */
export async function tendLimits(survey: Survey, world: ReaperWorld): Promise<number> {
  const { ledger, clock } = world;
  const limits = await readLimits(ledger);
  if (limits.size === 0) return 0;
  const alive = usageOf(runningOf(survey), 'made');
  const nowMs = clock.nowMs();
  await changeLimits(ledger, (now) => tended(now, alive, nowMs));
  // A burst is over by then, and the number is right.
  for (const [scope, limit] of limits)
    if (!limit.isOutgrown && nowMs - limit.sinceMs >= LIMIT_PROBE_MS)
      await alertOnce(`quota-${scope}`, wordsOf(scope, limit), world);
  return limits.size;
}

/** Where it gave nothing at all, no end of ours makes room. */
function wordsOf(scope: string, limit: LearnedLimit): string {
  const what = describeLimit(scope, limit);
  return limit.tooMany <= limit.need
    ? `The account’s quota gives us nothing: ${what}. Ask for more in the Quota Center, or let jobs ask for something else.`
    : `The account’s quota is used up, and jobs wait until an instance of ours ends: ${what}. Ask for more in the Quota Center, or set limits.runners to what there is.`;
}

/** Pure. */
function tended(limits: LearnedLimits, alive: Usage, nowMs: number): LearnedLimits {
  const kept = [...limits].flatMap(([scope, limit]) => {
    const next = afterLook(limit, alive.get(scope) ?? 0, nowMs);
    return next === null ? [] : ([[scope, next]] as const);
  });
  return new Map(kept);
}

/** By the ledger and the cloud: what is ending proves nothing of what is given at once. */
function runningOf({ runners, instances }: Survey): readonly RunnerEntry[] {
  const isRunning = ({ status }: Instance) => status !== 'Stopping' && status !== 'Stopped';
  const running = new Set(instances.filter(isRunning).map(({ id }) => id));
  return runners.map(({ entry }) => entry).filter(({ instanceId }) => running.has(instanceId ?? ''));
}

export interface Admitted {
  readonly jobs: readonly Held<JobEntry>[];
  /** The scope in which room is kept for a job. */
  readonly within: ReadonlyMap<JobId, string>;
}

/** After repair: what it closed has made room. */
export async function admit(
  uncovered: readonly Held<JobEntry>[],
  { ledger, clock }: Pick<ReaperWorld, 'ledger' | 'clock'>,
): Promise<Admitted> {
  if (!uncovered.some(({ entry }) => entry.quota)) return { jobs: uncovered, within: new Map() };
  const limits = await readLimits(ledger);
  const { things } = await ledger.runners.list(LEDGER_SCAN_MAX);
  const runners = things.map(({ entry }) => entry);
  const nowMs = clock.nowMs();
  const isWaiting = ({ entry }: Waiting) => waitOf(entry, nowMs) !== null;
  const waiting = uncovered.filter(isWaiting);
  const others = uncovered.filter((each) => !isWaiting(each));
  const usage = usageOf(runners, 'made and coming');
  return planAdmission([...inQuotaTurns(waiting, runners), ...others], limits, usage, nowMs);
}

/** Null: it waits for no quota, or it is not time for it. */
const waitOf = ({ quota, nextTryAtMs }: JobEntry, nowMs: number): QuotaWait | null =>
  quota && nextTryAtMs <= nowMs ? quota : null;

/** By repository and what is used up: its machines elsewhere, however many and however long they live, keep it from no turn. */
function inQuotaTurns(waiting: readonly Waiting[], runners: readonly RunnerEntry[]): readonly Waiting[] {
  const scopesOf = ({ entry }: Waiting) => Object.keys(entry.quota?.needs ?? {}).sort();
  const keyOf = (each: Waiting) => [repositoryKey(each.entry.job.repository), ...scopesOf(each)].join(' ');
  const theirs = runners.map((runner) => ({
    key: repositoryKey(runner.repository),
    scopes: usageOf([runner], 'made and coming'),
  }));
  const used = new Map<string, number>();
  for (const [key, each] of new Map(waiting.map((one) => [keyOf(one), one]))) {
    const own = theirs.filter((one) => one.key === repositoryKey(each.entry.job.repository));
    used.set(key, own.filter(({ scopes }) => scopesOf(each).some((scope) => scopes.has(scope))).length);
  }
  return inTurns(waiting.toSorted(byAge), used, keyOf);
}

/** Pure. In turns, as for slots: `uncovered` is in their order. One of each scope whose limit was not met for a while may try it. */
export function planAdmission(
  uncovered: readonly Held<JobEntry>[],
  limits: LearnedLimits,
  usage: Usage,
  nowMs: number,
): Admitted {
  const room = new Map([...limits].map(([scope, limit]) => [scope, roomIn(scope, limit, usage)]));
  const probes = new Set([...limits].filter(([, limit]) => isProbeDue(limit, nowMs)).map(([scope]) => scope));
  const within = new Map<JobId, string>();
  const kept = uncovered.filter(({ entry }) => {
    const quota = waitOf(entry, nowMs);
    if (quota === null) return true;
    // A limit that is forgotten, or a time that has come, lets it be ranked again.
    if (Object.keys(quota.needs).some((scope) => !limits.has(scope))) return true;
    const scope = keepRoom(quota.needs, room, probes);
    if (scope !== null) within.set(entry.job.id, scope);
    return scope !== null || quota.againAtMs <= nowMs;
  });
  // With room of its own it found an offer, as it were, and stands in line.
  const jobs = kept.map((held) => (within.has(held.entry.job.id) ? inLine(held) : held));
  return { jobs, within };
}

const inLine = ({ entry, rev }: Held<JobEntry>): Held<JobEntry> => ({
  entry: { ...entry, obstacle: entry.obstacle === 'offer' ? null : (entry.obstacle ?? null) },
  rev,
});

/** The scope that takes it in, with that much less room after it; null: none does. */
function keepRoom(needs: QuotaWait['needs'], room: Map<string, number>, probes: Set<string>): string | null {
  for (const [scope, need] of Object.entries(needs)) {
    const left = (room.get(scope) ?? 0) - need;
    if (left < 0) continue;
    room.set(scope, left);
    return scope;
  }
  return Object.keys(needs).find((scope) => probes.delete(scope)) ?? null;
}
