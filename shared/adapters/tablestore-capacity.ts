/** Slots, over the one capacity row. */
import type { Capacity, SlotLimits, SlotOutcome, SlotWish } from '../ledger.ts';
import { WRITE_CONFLICTS_MAX } from '../limits.ts';
import {
  CAPACITY_KEY,
  contended,
  handingBack,
  recounting,
  refusalIn,
  taking,
  viewOf,
} from './tablestore-capacity-row.ts';
import { checkSchema, SCHEMA_VERSION } from './tablestore-entries.ts';
import type { Columns, Table } from './tablestore-table.ts';

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

  /** Null: it did not hold, for no reason that is still to be seen. */
  async function tryToTake(wish: SlotWish, limits: SlotLimits, nowMs: number): Promise<SlotOutcome | null> {
    const { change, when } = taking(wish, limits, nowMs);
    if (await table.update(CAPACITY_KEY, change, when)) return { kind: 'taken' };
    // Reads as 'taken', too, when the reply to an earlier try was lost.
    return refusalIn(await row(), wish, limits, nowMs);
  }

  return {
    async take(wish, limits, nowMs) {
      for (let tries = 0; tries < WRITE_CONFLICTS_MAX; tries++) {
        const outcome = await tryToTake(wish, limits, nowMs);
        if (outcome !== null) return outcome;
      }
      return contended(nowMs);
    },
    async handBack(name) {
      for (let tries = 0; tries < WRITE_CONFLICTS_MAX; tries++) {
        const act = handingBack(await row(), name);
        if (act === null || (await table.update(CAPACITY_KEY, act.change, act.when))) return;
      }
      throw new Error(`slot of ${name}: changed under each of ${WRITE_CONFLICTS_MAX} tries to hand it back`);
    },
    async view() {
      return viewOf(await row());
    },
    async setWaiting({ total }) {
      const change = total === null ? { drop: ['waiting'] } : { put: { waiting: total } };
      await row();
      await table.update(CAPACITY_KEY, change, { row: 'present' });
    },
    async recount(nowMs) {
      const act = recounting(await row(), newToken(), nowMs);
      if (act !== null) await table.update(CAPACITY_KEY, act.change, act.when);
    },
  };
}
