/** The bounds of money in a sweep: what machines cost is set right in the ledger, and a person is told in time. */
import { repriced, spendLimits } from '../../../../shared/advisor/spend.ts';
import { alertOnce, resolveAlert } from '../../../../shared/alert-once.ts';
import type { JobEntry, RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { CapacityView, Held, SlotCost } from '../../../../shared/ledger/ledger.ts';
import type { RunnerName } from '../../../../shared/nouns.ts';
import { dayOf, spentPerHour, waitsFor } from '../../money-room.ts';
import type { ReaperWorld } from '../../world.ts';

/** Told at this share of a bound, and taken back when it has fallen well below. */
const TOLD_SHARE = 0.8;
const OVER_SHARE = 0.5;

/** Percent of the bound that is nearest; 0 without one. */
export async function tendSpend(
  jobs: readonly Held<JobEntry>[],
  runners: readonly Held<RunnerEntry>[],
  world: ReaperWorld,
): Promise<number> {
  const { ledger, clock, config } = world;
  const limits = spendLimits(config);
  if (limits === null) return 0;
  const view = await ledger.capacity.view();
  const costs = costsOf(view, runners, clock.nowMs());
  if (costs.size > 0) await ledger.capacity.reprice(costs);
  const now = costs.size > 0 ? await ledger.capacity.view() : view;
  const day = dayOf(clock.nowMs());
  // What was tried yesterday, for the last time, waits for nothing of today's.
  const isOfNow = (name: Bound, { nextTryAtMs }: JobEntry) =>
    name === 'spendPerHour' || dayOf(nextTryAtMs) === day;
  const waiting = (name: Bound) =>
    jobs.filter(({ entry }) => waitsFor(name, entry) && isOfNow(name, entry)).length;
  const bounds: readonly Told[] = [
    { ...told('spendPerHour', spentPerHour(now), limits.perHour, waiting), key: 'spend-hour' },
    { ...told('spendPerDay', now.days?.[day] ?? 0, limits.perDay, waiting), key: `spend-day-${day}` },
  ];
  for (const each of bounds) await tell(each, world);
  return Math.round(100 * Math.max(...bounds.map(({ share }) => share)));
}

type Bound = keyof typeof WHAT;

interface Told {
  readonly key: string;
  readonly share: number;
  /** Jobs that it keeps waiting. */
  readonly waiting: number;
  readonly text: string;
}

/** Pure. */
function costsOf(
  { slots }: CapacityView,
  runners: readonly Held<RunnerEntry>[],
  nowMs: number,
): ReadonlyMap<RunnerName, SlotCost> {
  const entries = new Map(runners.map(({ entry }) => [entry.name, entry]));
  return new Map(
    slots.flatMap(({ name, cost }) => {
      const entry = entries.get(name);
      const now = cost == null || entry === undefined ? null : repriced(cost, entry, nowMs);
      return now === null ? [] : [[name, now] as const];
    }),
  );
}

const WHAT = {
  spendPerHour: 'The machines that live now cost at most',
  spendPerDay: "Today's machines (UTC) cost",
} as const;

function told(
  name: Bound,
  used: number,
  bound: number | null,
  waitingFor: (name: Bound) => number,
): Omit<Told, 'key'> {
  if (bound === null) return { share: 0, waiting: 0, text: '' };
  const [share, waiting] = [used / bound, waitingFor(name)];
  const money = (millionths: number) => (millionths / 1_000_000).toFixed(2);
  const each = name === 'spendPerHour' ? ' an hour' : '';
  const now = `${WHAT[name]} ${money(used)}${each}: ${Math.floor(share * 100)} % of limits.${name} (${money(bound)})`;
  const then = 'What would go beyond it waits, the oldest job first, and what runs goes on';
  const todo = `Look who launches: npm run list. If it is meant, raise limits.${name}`;
  return { share, waiting, text: `${now}; jobs that wait for it: ${waiting}. ${then}. ${todo}.` };
}

async function tell({ key, share, waiting, text }: Told, world: ReaperWorld): Promise<void> {
  if (share >= TOLD_SHARE || waiting > 0) await alertOnce(key, text, world);
  else if (text !== '' && share < OVER_SHARE) await resolveAlert(key, world);
}
