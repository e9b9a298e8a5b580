/** What is alive, with when it became so: read for the page Now, and given as JSON. */
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import { isEnd } from '../../../shared/ledger/history.ts';
import type { HistoryRow } from '../../../shared/ledger/history-row.ts';
import { HISTORY_DAY_MAX, LEDGER_SCAN_MAX } from '../../../shared/limits.ts';
import { jsonOf } from '../../list/index.ts';
import { priceNow } from '../../list/live-runner.ts';
import { type LiveState, readLiveState } from '../../list/live-state.ts';
import { toIsoOrNull } from '../../shared/format.ts';
import type { Operator } from '../../shared/operator.ts';
import { PHASES, type Phase, type Stretch } from '../charts.ts';

/** When a runner came to each of its states, as far as is known. */
export type Moments = Readonly<Record<Phase, number | null>>;

export interface Lane {
  readonly runner: string;
  readonly moments: Moments;
}

/** One whose machine has gone lately. */
export interface GoneLane extends Lane {
  readonly job: number;
  readonly jobName: string;
  readonly repository: string;
  readonly outcome: string | null;
}

export interface NowState {
  readonly live: LiveState;
  /** By runner's name. */
  readonly lanes: readonly Lane[];
  readonly gone: readonly GoneLane[];
  /** Of all machines that are alive, at the price of each launch; unpriced ones are in `unpriced`. */
  readonly spendPerHour: number;
  readonly unpriced: number;
  readonly withoutJob: number;
  readonly images: readonly string[];
}

const DAY_MS = 24 * 3_600_000;
const GONE_SHOWN_MS = 10 * 60_000;
const GONE_SHOWN_MAX = 20;

export async function readNow(operator: Operator): Promise<NowState> {
  const { ledger, clock, config } = operator;
  const [live, runners, jobs] = await Promise.all([
    readLiveState(operator),
    ledger.runners.list(LEDGER_SCAN_MAX),
    ledger.jobs.list(LEDGER_SCAN_MAX),
  ]);
  const entries = runners.things.map(({ entry }) => entry);
  const known = new Map(jobs.things.map(({ entry }) => [entry.job.id as number, entry]));
  const withMachine = entries.filter(({ instanceId }) => instanceId !== null);
  const prices = withMachine.map((entry) => priceNow(entry, live.currency));
  return {
    live,
    lanes: entries.map((entry) => ({ runner: entry.name, moments: momentsOf(entry, known) })),
    gone: await readGone(operator, clock.nowMs()),
    spendPerHour: prices.reduce<number>((sum, price) => sum + (price ?? 0), 0),
    unpriced: prices.filter((price) => price === null).length,
    withoutJob: entries.filter(
      ({ state, for: wanted, busyWith }) => isFree(state) && wanted === null && busyWith === null,
    ).length,
    images: Object.keys(config.images),
  };
}

const isFree = (state: RunnerEntry['state']): boolean => state === 'booting' || state === 'idle';

const momentsOf = (entry: RunnerEntry, jobs: ReadonlyMap<number, JobEntry>): Moments =>
  momentsOfEntry(entry, jobs.get(entry.busyWith ?? entry.for ?? -1));

/** The line that the launch leaves names the instance. */
export function momentsOfEntry(entry: RunnerEntry, job: JobEntry | undefined): Moments {
  const { state, stateAtMs, createdAtMs, onlineAtMs, instanceId, trail, ran } = entry;
  const launched = trail.find(
    ({ text }) => instanceId !== null && text.includes(`was launched: ${instanceId}`),
  );
  const startedAtMs = state === 'busy' ? stateAtMs : null;
  return {
    queued: job?.job.createdAtMs ?? ran?.createdAtMs ?? null,
    launch: createdAtMs,
    boot: launched?.atMs ?? (state === 'booting' ? stateAtMs : null),
    idle: onlineAtMs ?? (state === 'idle' ? stateAtMs : null),
    busy: job?.startedAtMs ?? startedAtMs,
    ending: state === 'retiring' ? stateAtMs : null,
    gone: null,
  };
}

async function readGone({ ledger }: Operator, nowMs: number): Promise<GoneLane[]> {
  const days = await Promise.all(
    [nowMs, nowMs - DAY_MS].map((dayMs) => ledger.history.ofDay(dayMs, HISTORY_DAY_MAX)),
  );
  return days
    .flatMap(({ things }) => things)
    .filter(({ goneAtMs, runnerName }) => runnerName !== null && nowMs - (goneAtMs ?? 0) < GONE_SHOWN_MS)
    .sort((a, b) => (b.goneAtMs ?? 0) - (a.goneAtMs ?? 0))
    .slice(0, GONE_SHOWN_MAX)
    .map((row) => ({
      runner: row.runnerName ?? '',
      job: row.job.id,
      jobName: row.job.name,
      repository: row.job.repository,
      outcome: row.outcome,
      moments: momentsOfRow(row),
    }));
}

/** What was given up may go on. */
export const momentsOfRow = (row: HistoryRow): Moments => ({
  queued: row.job.createdAtMs,
  launch: row.launchedAtMs,
  boot: row.trail?.find(({ text }) => text.includes(`was launched: ${row.instanceId}`))?.atMs ?? null,
  idle: row.onlineAtMs,
  busy: row.startedAtMs,
  ending: isEnd(row.outcome) ? row.completedAtMs : null,
  gone: row.goneAtMs,
});

/** From one known moment to the next; the last one lasts until now, but for `gone`. */
export function stretchesOf(moments: Moments, nowMs: number): Stretch[] {
  const known = PHASES.flatMap((phase) => {
    const atMs = moments[phase];
    return atMs === null ? [] : [{ phase, atMs }];
  });
  return known.flatMap(({ phase, atMs }, at) => {
    const next = known[at + 1];
    if (phase === 'gone') return [];
    // Deliveries come out of order: a moment before the one before it has no length.
    return [{ phase, fromMs: atMs, toMs: Math.max(atMs, next?.atMs ?? nowMs) }];
  });
}

export function nowJson({ live, lanes, gone, spendPerHour, unpriced, withoutJob, images }: NowState) {
  const iso = (moments: Moments) =>
    Object.fromEntries(Object.entries(moments).map(([phase, atMs]) => [phase, toIsoOrNull(atMs)]));
  return {
    ...jsonOf(live),
    ...{ spendPerHour, unpriced, withoutJob, images },
    moments: Object.fromEntries(lanes.map(({ runner, moments }) => [runner, iso(moments)])),
    gone: gone.map(({ moments, ...lane }) => ({ ...lane, moments: iso(moments) })),
  };
}
