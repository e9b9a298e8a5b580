/** Several kinds in one list: those whose names stand next to each other in the table cost one call together. */
import { type EntriesByKind, type Listed, PARTS, type Part, type Together } from '../../ledger/ledger.ts';
import { viewOf } from './capacity/view.ts';
import { checkSchema, heldIn, PAGE_ROWS } from './entries.ts';
import type { Key, Page, Row, Table } from './table.ts';

export async function listTogether(table: Table, part: Part, max: number): Promise<Together> {
  const { first, last } = PARTS[part];
  const rows: Row[] = [];
  let from: Key | null = null;
  do {
    const page: Page = await table.range(first, from, Math.min(PAGE_ROWS, max - rows.length), last);
    rows.push(...page.rows);
    from = page.next;
  } while (from !== null && rows.length < max);
  const of = <Kind extends keyof EntriesByKind>(kind: Kind): Listed<EntriesByKind[Kind]>[] =>
    rows
      .filter(({ key }) => key[0] === kind)
      .map(({ key, columns }) => ({ id: key[1], ...heldIn<EntriesByKind[Kind]>(columns) }));
  const capacity = rows.find(({ key }) => key[0] === 'capacity')?.columns ?? null;
  if (capacity !== null) checkSchema(capacity);
  return {
    ...{ check: of('check'), job: of('job'), note: of('note') },
    ...{ refusal: of('refusal'), rerun: of('rerun'), runner: of('runner') },
    capacity: capacity === null ? null : viewOf(capacity),
    complete: from === null,
  };
}
