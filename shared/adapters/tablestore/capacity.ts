/** Slots, over the one capacity row. */
import type { Capacity, SlotLimits, SlotOutcome, SlotRequest } from '../../ledger/ledger.ts';
import { WRITE_CONFLICTS_MAX } from '../../limits.ts';
import type { RunnerName } from '../../nouns.ts';
import { CAPACITY_KEY } from './capacity-columns.ts';
import { repricing } from './capacity-money.ts';
import { forgetting, recounting } from './capacity-recount.ts';
import { CONTENDED, handingBack, refusalIn, taking, viewOf, waitingChange } from './capacity-row.ts';
import { stopChange, stopIn, stopText } from './capacity-stop.ts';
import { checkSchema, SCHEMA_VERSION } from './entries.ts';
import type { Change, Columns, Condition, Table } from './table.ts';

/** What makes others queue behind a job that is refused what all slots have in common; null: they do already. */
function queueing(
  { waiting }: Columns,
  { jobCreatedAtMs, isInLine }: SlotRequest,
  { kind }: SlotOutcome,
): { change: Change; when: Condition } | null {
  const isForAll = kind === 'paced' || kind === 'full' || kind === 'spend';
  if (!isInLine || !isForAll || (typeof waiting === 'number' && waiting <= jobCreatedAtMs)) return null;
  return {
    change: { put: { waiting: jobCreatedAtMs } },
    when: {
      row: 'present',
      checks: [{ column: 'waiting', is: '>', value: jobCreatedAtMs, ifMissing: true }],
    },
  };
}

export function capacityOn(table: Table, newToken: () => string): Capacity {
  /** The row, made when it is not there yet: a condition on columns of an absent row is not promised to hold. */
  async function row(): Promise<Columns> {
    const made = { schema: SCHEMA_VERSION, total: 0 };
    const columns = await table.get(CAPACITY_KEY);
    if (columns === null) await table.put(CAPACITY_KEY, made, { row: 'absent' });
    const now = columns ?? (await table.get(CAPACITY_KEY)) ?? made;
    checkSchema(now);
    return now;
  }

  /** Where it did not hold, for no reason that is still to be seen: what is stopped meanwhile, for the next try. */
  async function tryToTake(
    request: SlotRequest,
    limits: SlotLimits,
    nowMs: number,
    stop: string,
  ): Promise<SlotOutcome | { readonly kind: 'again'; readonly stop: string }> {
    const { change, when } = taking(request, limits, nowMs, stop);
    if (await table.update(CAPACITY_KEY, change, when)) return { kind: 'taken' };
    // Reads as 'taken', too, when the reply to an earlier try was lost.
    const columns = await row();
    const refusal = refusalIn(columns, request, limits, nowMs);
    const act = refusal === null ? null : queueing(columns, request, refusal);
    if (act !== null) await table.update(CAPACITY_KEY, act.change, act.when);
    return refusal ?? { kind: 'again', stop: stopText(columns) };
  }

  return {
    async take(request, limits, nowMs) {
      let stop = '';
      for (let tries = 0; tries < WRITE_CONFLICTS_MAX; tries++) {
        const outcome = await tryToTake(request, limits, nowMs, stop);
        if (outcome.kind !== 'again') return outcome;
        stop = outcome.stop;
      }
      return CONTENDED;
    },
    handBack: (name, spent) => handBackOn(table, row, name, spent),
    async reprice(costs) {
      for (const { change, when } of repricing(await row(), costs))
        await table.update(CAPACITY_KEY, change, when);
    },
    async view() {
      return viewOf(await row());
    },
    async setWaiting(waiting) {
      await row();
      const { change, when } = waitingChange(waiting);
      await table.update(CAPACITY_KEY, change, when);
    },
    stop: (change, nowMs) => stopOn(table, row, change, nowMs),
    async recount(nowMs) {
      const columns = await row();
      for (const act of [recounting(columns, newToken(), nowMs), forgetting(columns)])
        if (act !== null) await table.update(CAPACITY_KEY, act.change, act.when);
    },
  };
}

async function handBackOn(
  table: Table,
  row: () => Promise<Columns>,
  name: RunnerName,
  spent: number | undefined,
): Promise<void> {
  for (let tries = 0; tries < WRITE_CONFLICTS_MAX; tries++) {
    const act = handingBack(await row(), name, spent);
    if (act === null || (await table.update(CAPACITY_KEY, act.change, act.when))) return;
  }
  throw new Error(`slot of ${name}: changed under each of ${WRITE_CONFLICTS_MAX} tries to hand it back`);
}

async function stopOn(
  table: Table,
  row: () => Promise<Columns>,
  change: Parameters<Capacity['stop']>[0],
  nowMs: number,
): ReturnType<Capacity['stop']> {
  for (let tries = 0; tries < WRITE_CONFLICTS_MAX; tries++) {
    const columns = await row();
    const stop = change(stopIn(columns));
    const act = stopChange(columns, stop, nowMs);
    if (await table.update(CAPACITY_KEY, act.change, act.when)) return stop;
  }
  throw new Error(`the stop changed under each of ${WRITE_CONFLICTS_MAX} tries to write it`);
}
