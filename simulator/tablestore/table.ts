/** One table: its rows, what lives of them, and the writes of one row. Holds no timer: what is over is over when looked at. */
import { type Condition, checkCondition, type Lookup } from './conditions.ts';
import { invalid } from './errors.ts';
import { SortedKeys } from './sorted-keys.ts';
import { type KeyBound, type KeyValue, orderOf, type Value } from './values.ts';

export interface Cell {
  readonly value: Value;
  /** The version; by it the time to live counts, cell by cell. */
  readonly atMs: number;
}

export interface StoredRow {
  readonly key: readonly KeyValue[];
  readonly cells: Map<string, Cell>;
  /** For a row that never had a cell. */
  readonly bornMs: number;
}

export interface KeyColumn {
  readonly name: string;
  readonly type: 'INTEGER' | 'STRING' | 'BINARY';
}

export interface TableOptions {
  /** -1: for ever */
  readonly timeToLiveS: number;
  readonly deviationS: number;
}

/** `atMs` null: the server's time. */
export type CellChange =
  | { readonly kind: 'put'; readonly column: string; readonly value: Value; readonly atMs: number | null }
  | { readonly kind: 'delete-all'; readonly column: string }
  | { readonly kind: 'delete-one'; readonly column: string; readonly atMs: number }
  | { readonly kind: 'increment'; readonly column: string; readonly by: bigint };

const INTEGER_MAX = 2n ** 63n - 1n;

export class TableState {
  readonly name: string;
  readonly keyColumns: readonly KeyColumn[];
  readonly options: TableOptions;
  readonly readyAtMs: number;
  #rows = new Map<string, StoredRow>();
  #order = new SortedKeys();

  constructor(name: string, keyColumns: readonly KeyColumn[], options: TableOptions, readyAtMs: number) {
    this.name = name;
    this.keyColumns = keyColumns;
    this.options = options;
    this.readyAtMs = readyAtMs;
  }

  get rowCount(): number {
    return this.#rows.size;
  }

  find(key: readonly KeyValue[], nowMs: number): StoredRow | null {
    return this.#live(orderOf(key), nowMs);
  }

  /** Rows that live, from `start` (included) to `end` (not included), in whichever direction leads there. */
  *between(start: readonly KeyBound[], end: readonly KeyBound[], nowMs: number): Generator<StoredRow> {
    const [from, to] = [orderOf(start), orderOf(end)];
    const walk = from <= to ? this.#order.upwards(from, to) : this.#order.downwards(from, to);
    const over: string[] = [];
    for (const key of walk) {
      const row = this.#expired(key, nowMs) ? null : this.#rows.get(key);
      if (row) yield row;
      else over.push(key);
    }
    for (const key of over) this.#forget(key);
  }

  put(key: readonly KeyValue[], changes: readonly CellChange[], condition: Condition, nowMs: number): void {
    const order = orderOf(key);
    checkCondition(condition, this.#lookup(order, nowMs));
    this.#forget(order);
    this.#change(order, key, changes, nowMs);
  }

  /** Answers the row as it is afterwards. */
  update(
    key: readonly KeyValue[],
    changes: readonly CellChange[],
    condition: Condition,
    nowMs: number,
  ): StoredRow {
    const order = orderOf(key);
    checkCondition(condition, this.#lookup(order, nowMs));
    return this.#change(order, key, changes, nowMs);
  }

  delete(key: readonly KeyValue[], condition: Condition, nowMs: number): void {
    const order = orderOf(key);
    checkCondition(condition, this.#lookup(order, nowMs));
    this.#forget(order);
  }

  /** All of the changes, or none. */
  #change(order: string, key: readonly KeyValue[], changes: readonly CellChange[], nowMs: number): StoredRow {
    const row = this.#rows.get(order) ?? { key, cells: new Map(), bornMs: nowMs };
    const sums = new Map<string, bigint>();
    for (const change of changes)
      if (change.kind === 'increment') sums.set(change.column, sumOf(row, change));
    for (const change of changes) apply(row.cells, change, sums, nowMs);
    if (!this.#rows.has(order)) {
      this.#rows.set(order, row);
      this.#order.add(order);
    }
    return row;
  }

  #lookup(order: string, nowMs: number): Lookup | null {
    const row = this.#live(order, nowMs);
    if (row === null) return null;
    return (column) => {
      const at = this.keyColumns.findIndex(({ name }) => name === column);
      return at === -1 ? row.cells.get(column)?.value : row.key[at];
    };
  }

  #live(order: string, nowMs: number): StoredRow | null {
    if (this.#expired(order, nowMs)) this.#forget(order);
    return this.#rows.get(order) ?? null;
  }

  /** Drops cells that are over; a row that loses its last cell by that is gone. */
  #expired(order: string, nowMs: number): boolean {
    const { timeToLiveS } = this.options;
    const row = this.#rows.get(order);
    if (timeToLiveS === -1 || row === undefined) return false;
    const sinceMs = nowMs - timeToLiveS * 1000;
    if (row.cells.size === 0) return row.bornMs <= sinceMs;
    for (const [column, { atMs }] of row.cells) if (atMs <= sinceMs) row.cells.delete(column);
    return row.cells.size === 0;
  }

  #forget(order: string): void {
    if (this.#rows.delete(order)) this.#order.delete(order);
  }
}

/** Alibaba Cloud docs, Tablestore "Atomic counters": INTEGER only, 0 where there is none, no overflow. */
function sumOf(row: StoredRow, { column, by }: CellChange & { kind: 'increment' }): bigint {
  const before = row.cells.get(column)?.value ?? 0n;
  if (typeof before !== 'bigint')
    throw invalid(`Column ${column} is not an INTEGER, it cannot be incremented.`);
  const after = before + by;
  if (after > INTEGER_MAX || after < -INTEGER_MAX - 1n) throw invalid(`Increment of ${column} overflows.`);
  return after;
}

function apply(cells: Map<string, Cell>, change: CellChange, sums: Map<string, bigint>, nowMs: number): void {
  const before = cells.get(change.column);
  switch (change.kind) {
    case 'put': {
      const atMs = change.atMs ?? nowMs;
      // One version is kept, the newest, whichever came last.
      if (before === undefined || before.atMs <= atMs)
        cells.set(change.column, { value: change.value, atMs });
      break;
    }
    case 'increment':
      cells.set(change.column, { value: sums.get(change.column) as bigint, atMs: nowMs });
      break;
    case 'delete-all':
      cells.delete(change.column);
      break;
    case 'delete-one':
      if (before?.atMs === change.atMs) cells.delete(change.column);
      break;
  }
}
