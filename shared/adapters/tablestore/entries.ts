/** Entries of one kind, as rows of the `ledger` table. */
import type { Entries, Held } from '../../ledger/ledger.ts';
import type { Listing } from '../../nouns.ts';
import type { Check, Columns, Condition, Key, Page, Table } from './table.ts';

/** Of each row, as it is written. */
export const SCHEMA_VERSION = 1;
/**
 * The latest that is read: a row of a later one is left alone, whoever wrote it knows more. A new schema is read one
 * release before it is written: during a deploy old and new code work side by side, and a rollback finds new rows.
 */
const SCHEMA_READ_MAX = 1;
/** GetRange gives no more at once (Alibaba Cloud docs, Tablestore "General limits"), and no more than 4 MB. */
export const PAGE_ROWS = 5_000;
/**
 * `rev` is the owner token of the write that made the row so, followed by those of the writes before it: by its own
 * token among them a writer whose reply was lost knows that it was applied, though others have written since.
 */
const REV_TOKENS_MAX = 4;

/** What tells one kind of entry from another. */
export interface Kind<Entry> {
  readonly kind: string;
  /** Copies of what a person looks for first; the entry itself is in the column `body`. */
  show(entry: Entry): Columns;
  /** Throws when `next` may not follow on `now`. */
  allow?(now: Entry, next: Entry): void;
}

export function entriesOf<Id extends string | number, Entry>(
  table: Table,
  newToken: () => string,
  kind: Kind<Entry>,
): Entries<Id, Entry> {
  const keyOf = (id: Id): Key => [kind.kind, String(id)];
  const columnsOf = (entry: Entry, rev: string): Columns => ({
    ...kind.show(entry),
    schema: SCHEMA_VERSION,
    rev,
    body: JSON.stringify(entry),
  });

  async function read(id: Id): Promise<Held<Entry> | null> {
    const columns = await table.get(keyOf(id));
    return columns === null ? null : heldIn<Entry>(columns);
  }

  async function write(id: Id, entry: Entry, before: string, condition: Condition) {
    const token = newToken();
    const rev = revAfter(before, token);
    if (await table.put(keyOf(id), columnsOf(entry, rev), condition)) return { entry, rev };
    // The condition did not hold; was an earlier try of the same write applied after all?
    const now = await read(id);
    return now !== null && tokensIn(now.rev).includes(token) ? { entry, rev } : null;
  }

  return {
    read,
    add: (id, entry) => write(id, entry, '', { row: 'absent' }),
    async replace(id, held, next) {
      kind.allow?.(held.entry, next);
      return write(id, next, held.rev, unchanged(held));
    },
    async remove(id, held) {
      if (await table.delete(keyOf(id), unchanged(held))) return true;
      return (await table.get(keyOf(id))) === null;
    },
    list: (max) => list<Entry>(table, kind.kind, max),
  };
}

const unchanged = (held: Held<unknown>): Condition => ({ row: 'present', checks: [revIs(held.rev)] });

const revIs = (rev: string): Check => ({ column: 'rev', is: '=', value: rev, ifMissing: false });

async function list<Entry>(table: Table, kind: string, max: number): Promise<Listing<Held<Entry>>> {
  const things: Held<Entry>[] = [];
  let from: Key | null = null;
  do {
    const page: Page = await table.range(kind, from, Math.min(PAGE_ROWS, max - things.length));
    for (const row of page.rows) things.push(heldIn<Entry>(row.columns));
    from = page.next;
  } while (from !== null && things.length < max);
  return { things, complete: from === null };
}

export function heldIn<Entry>(columns: Columns): Held<Entry> {
  return { entry: JSON.parse(textIn(columns, 'body')), rev: textIn(columns, 'rev') };
}

const tokensIn = (rev: string): string[] => rev.split(' ').filter((token) => token !== '');

const revAfter = (before: string, token: string): string =>
  [token, ...tokensIn(before)].slice(0, REV_TOKENS_MAX).join(' ');

/** Throws on a row that is not ours to read. */
export function textIn(columns: Columns, name: string): string {
  checkSchema(columns);
  const value = columns[name];
  if (typeof value !== 'string') throw new Error(`a ledger row without its column ${name}`);
  return value;
}

export function checkSchema({ schema }: Columns): void {
  if (typeof schema !== 'number' || schema > SCHEMA_READ_MAX)
    throw new Error(
      `a ledger row of schema version ${String(schema)}; this version knows ${SCHEMA_READ_MAX}`,
    );
}
