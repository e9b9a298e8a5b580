/** What instances of ours were billed for, a day a partition, in rows of a size that TableStore takes. */
import type { BillDay } from '../../ledger/bills.ts';
import type { History, KeptBill } from '../../ledger/history.ts';
import { SCHEMA_VERSION, textIn } from './entries.ts';
import type { Table } from './table.ts';

/** A row holds 2 MB of a column at most; an instance takes some forty bytes. */
const INSTANCES_PER_ROW = 5_000;
const ROWS_MAX = 100;

const partOf = (day: BillDay): string => `bill ${day}`;

/** The first row says how many there are: it is written last, so that half a day is no day. */
export function billsOn(table: Table, newToken: () => string): Pick<History, 'noteBill' | 'billOf'> {
  return {
    async noteBill({ day, atMs, currency, amounts }) {
      const all = Object.entries(amounts);
      const rows = Math.max(1, Math.ceil(all.length / INSTANCES_PER_ROW));
      if (rows > ROWS_MAX) throw new Error(`the bill of ${day} names too many instances: ${all.length}`);
      for (let row = rows - 1; row >= 0; row--) {
        const some = all.slice(row * INSTANCES_PER_ROW, (row + 1) * INSTANCES_PER_ROW);
        const body = JSON.stringify({ rows, atMs, currency, amounts: Object.fromEntries(some) });
        const columns = { schema: SCHEMA_VERSION, rev: newToken(), body };
        await table.put([partOf(day), nameOf(row)], columns, { row: 'any' });
      }
    },
    async billOf(day) {
      const { rows } = await table.range(partOf(day), null, ROWS_MAX);
      const parts = rows.map(({ columns }) => JSON.parse(textIn(columns, 'body')) as Part);
      const [first] = parts;
      if (first === undefined || parts.length < first.rows) return null;
      const amounts = Object.assign({}, ...parts.slice(0, first.rows).map((part) => part.amounts));
      return { day, atMs: first.atMs, currency: first.currency, amounts };
    },
  };
}

type Part = Omit<KeptBill, 'day'> & { readonly rows: number };

const nameOf = (row: number): string => String(row).padStart(3, '0');
