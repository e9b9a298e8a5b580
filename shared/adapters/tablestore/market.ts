/** What the market said: snapshots by region, and offerings that could not be had just now. */
import type { MarketSnapshots, Unavailable } from '../../ledger/ledger.ts';
import { REFUSALS_FORGOTTEN_MAX } from '../../market/limits.ts';
import { SCHEMA_VERSION } from './entries.ts';
import type { Columns, Key, Page, Row, Table } from './table.ts';

const PAGE_ROWS = 500;
/** Alibaba Cloud docs, Tablestore "Limits": the value of an attribute column. */
const SNAPSHOT_MAX_BYTES = 2 * 1024 * 1024;

/** The newest snapshot counts, whoever took it; so these writes ask for nothing. */
export function snapshotsOn(table: Table): MarketSnapshots {
  const keyOf = (region: string): Key => ['market', region];
  return {
    async read(region) {
      const bytes = (await table.get(keyOf(region)))?.bytes;
      return bytes instanceof Uint8Array ? bytes : null;
    },
    async write(region, bytes) {
      if (bytes.length > SNAPSHOT_MAX_BYTES)
        throw new Error(`market of ${region}: ${bytes.length} bytes, the ledger takes ${SNAPSHOT_MAX_BYTES}`);
      await table.put(keyOf(region), { schema: SCHEMA_VERSION, bytes }, { row: 'any' });
    },
  };
}

export function unavailableOn(table: Table): Unavailable {
  return {
    async remember(key, untilMs, because) {
      const columns: Columns = { schema: SCHEMA_VERSION, untilMs, because };
      if (await table.put(['unavailable', key], columns, { row: 'absent' })) return;
      const shorter = { column: 'untilMs', is: '<', value: untilMs, ifMissing: true } as const;
      await table.put(['unavailable', key], columns, { row: 'present', checks: [shorter] });
    },
    async list(nowMs) {
      const rows = await all(table);
      const over = rows.filter(({ columns }) => isOver(columns, nowMs));
      // A launch waits for it: however many are over, they cost it one trip, and the next one forgets the others.
      await Promise.all(over.slice(0, REFUSALS_FORGOTTEN_MAX).map((row) => forget(table, row, nowMs)));
      const kept = rows.filter((row) => !over.includes(row));
      return new Map(kept.map(({ key, columns }) => [key[1], String(columns.because)]));
    },
  };
}

async function all(table: Table): Promise<Row[]> {
  const rows: Row[] = [];
  let from: Key | null = null;
  do {
    const page: Page = await table.range('unavailable', from, PAGE_ROWS);
    rows.push(...page.rows);
    from = page.next;
  } while (from !== null);
  return rows;
}

/** On condition that nobody has met the same refusal meanwhile. */
async function forget(table: Table, { key }: Row, nowMs: number): Promise<void> {
  const over = { column: 'untilMs', is: '<=', value: nowMs, ifMissing: true } as const;
  await table.delete(key, { row: 'present', checks: [over] });
}

const isOver = ({ untilMs }: Columns, nowMs: number) => typeof untilMs !== 'number' || untilMs <= nowMs;
