/** Slots, over the one capacity row. */
import type { Capacity, MintAgain, SlotLimits, SlotOutcome, SlotRequest } from '../../../ledger/ledger.ts';
import { WRITE_CONFLICTS_MAX } from '../../../limits.ts';
import type { RunnerName } from '../../../nouns.ts';
import { checkSchema, SCHEMA_VERSION } from '../entries.ts';
import type { Change, Columns, Condition, Table } from '../table.ts';
import { CAPACITY_KEY } from './columns.ts';
import { isOfRepository, minted, mintingAgain, unassigning } from './mints.ts';
import { repricing } from './money.ts';
import { forgetting, recounting } from './recount.ts';
import { CONTENDED, handingBack, refusalIn, taking, waitingChange } from './row.ts';
import { stopChange, stopIn, stopText } from './stop.ts';
import { viewOf } from './view.ts';

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

const without = (columns: Columns, dropped: readonly string[]): Columns =>
  Object.fromEntries(Object.entries(columns).filter(([column]) => !dropped.includes(column)));

async function handBackAll(
  slots: ReadonlyMap<RunnerName, number | undefined>,
  table: Table,
  row: () => Promise<Columns>,
  also: Readonly<Record<string, number>> = {},
): Promise<void> {
  let columns = await row();
  for (let tries = 0; tries < WRITE_CONFLICTS_MAX; ) {
    const act = handingBack(columns, slots, also);
    if (act === null) return;
    const isDone = await table.update(CAPACITY_KEY, act.change, act.when);
    // What was dropped is known; the rest of the row is as it was read, or the next condition says so.
    if (isDone) columns = without(columns, act.change.drop ?? []);
    else {
      tries++;
      columns = await row();
    }
  }
  const names = [...slots.keys()].slice(0, 3).join(', ');
  throw new Error(`slots of ${names}: changed under each of ${WRITE_CONFLICTS_MAX} tries to hand them back`);
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
    mintAgain: (asked, nowMs) => mintOn(table, row, asked, nowMs),
    unassign: (name) => unassignOn(table, row, name),
    writeOff: (name) => unassignOn(table, row, name, isOfRepository),
    handBack: (name, spent, removedAtMs) =>
      handBackAll(new Map([[name, spent]]), table, row, removedAtMs === undefined ? {} : minted(removedAtMs)),
    handBackAll: (slots) => handBackAll(slots, table, row),
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
    recount: async (nowMs) => recountOn(table, await row(), newToken(), nowMs),
  };
}

async function recountOn(table: Table, columns: Columns, token: string, nowMs: number): Promise<void> {
  const act = recounting(columns, token, nowMs);
  if (act !== null) await table.update(CAPACITY_KEY, act.change, act.when);
  let left = columns;
  for (let writes = 0; writes < FORGETTING_WRITES_MAX; writes++) {
    const next = forgetting(left);
    if (next === null) return;
    await table.update(CAPACITY_KEY, next.change, next.when);
    // What somebody took meanwhile is the next sweep's.
    left = without(left, next.change.drop ?? []);
  }
}

/** Each launch of a matrix leaves a column, whatever a job is called: more than GitHub lets begin in a minute go in one. */
const FORGETTING_WRITES_MAX = 30;

async function mintOn(
  table: Table,
  row: () => Promise<Columns>,
  asked: MintAgain,
  nowMs: number,
): Promise<SlotOutcome> {
  for (let tries = 0; tries < WRITE_CONFLICTS_MAX; tries++) {
    const act = mintingAgain(await row(), asked, nowMs);
    if ('kind' in act) return act;
    if (await table.update(CAPACITY_KEY, act.change, act.when)) return { kind: 'taken' };
  }
  return CONTENDED;
}

async function unassignOn(
  table: Table,
  row: () => Promise<Columns>,
  name: RunnerName,
  isOff?: (column: string) => boolean,
): Promise<void> {
  for (let tries = 0; tries < WRITE_CONFLICTS_MAX; tries++) {
    const act = unassigning(await row(), name, isOff);
    if (act === null || (await table.update(CAPACITY_KEY, act.change, act.when))) return;
  }
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
