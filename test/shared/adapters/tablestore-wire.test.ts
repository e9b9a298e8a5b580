/** What we send TableStore, byte for byte against what the official SDK sends. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import TS from 'tablestore';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Change, Check, Columns, Condition, Key } from '../../../shared/adapters/tablestore/table.ts';
import {
  deleteRow,
  getRange,
  getRow,
  putRow,
  updateRow,
} from '../../../shared/adapters/tablestore/wire/messages.ts';
import fc from '../../fast-check.ts';

const TABLE = { name: 'ledger', keys: ['kind', 'id'] as const };
let sent = Buffer.alloc(0);
const server = createServer(async (incoming, outgoing) => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  sent = Buffer.concat(chunks);
  outgoing.writeHead(400).end();
});
let client: TS.Client;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = new TS.Client({
    endpoint,
    instancename: 'x',
    accessKeyId: 'a',
    accessKeySecret: 'b',
    maxRetries: 0,
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** The body of what the SDK sends; that it is refused is of no interest. */
async function official(call: () => Promise<unknown>): Promise<string> {
  await call().catch(() => undefined);
  return sent.toString('hex');
}

const text = fc.string({ unit: 'grapheme', maxLength: 30 });
const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/);
const whole = fc.integer({ min: -(2 ** 40), max: 2 ** 40 });
const column = fc.oneof(text, whole, fc.uint8Array({ maxLength: 40 }));
const columns = fc.dictionary(name, column, { minKeys: 1, maxKeys: 6 });
const key = fc.tuple(text, text);
const check = fc.record({
  column: name,
  is: fc.constantFrom('=', '!=', '<', '<=', '>', '>=') as fc.Arbitrary<Check['is']>,
  value: fc.oneof(text, whole),
  ifMissing: fc.boolean(),
});
const condition = fc.record({
  row: fc.constantFrom('present', 'absent', 'any') as fc.Arbitrary<Condition['row']>,
  checks: fc.array(check, { maxLength: 4 }),
});

const cellOf = (value: Columns[string]): TS.CellValue =>
  typeof value === 'number'
    ? TS.Long.fromNumber(value)
    : typeof value === 'string'
      ? value
      : Buffer.from(value);
const cells = (all: Columns) => Object.entries(all).map(([each, value]) => ({ [each]: cellOf(value) }));
const target = ([kind, id]: Key) => ({ tableName: TABLE.name, primaryKey: [{ kind }, { id }] });
const EXISTENCE = { any: 'IGNORE', present: 'EXPECT_EXIST', absent: 'EXPECT_NOT_EXIST' } as const;
const IS = {
  '=': 'EQUAL',
  '!=': 'NOT_EQUAL',
  '<': 'LESS_THAN',
  '<=': 'LESS_EQUAL',
  '>': 'GREATER_THAN',
  '>=': 'GREATER_EQUAL',
} as const;

function conditionOf({ row, checks = [] }: Condition): TS.Condition {
  const all = checks.map(
    ({ column: of, is, value, ifMissing }) =>
      new TS.SingleColumnCondition(of, cellOf(value), TS.ComparatorType[IS[is]], ifMissing, true),
  );
  const and = new TS.CompositeCondition(TS.LogicalOperator.AND);
  for (const each of all) and.addSubCondition(each);
  const expectation = TS.RowExistenceExpectation[EXISTENCE[row]];
  return new TS.Condition(expectation, all.length < 2 ? (all[0] ?? null) : and);
}

const RUNS = { numRuns: 60 };

test('a row is put as the official SDK puts it', async () => {
  await fc.assert(
    fc.asyncProperty(key, columns, condition, async (at, all, when) => {
      const params = { ...target(at), condition: conditionOf(when), attributeColumns: cells(all) };
      const theirs = await official(() => client.putRow(params));
      expect(putRow(TABLE, at, all, when).toString('hex')).toBe(theirs);
    }),
    RUNS,
  );
});

test('a row is changed as the official SDK changes it', async () => {
  const change: fc.Arbitrary<Change> = fc.record({
    put: columns,
    add: fc.dictionary(name, whole, { maxKeys: 3 }),
    drop: fc.array(name, { maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(key, change, condition, async (at, { put = {}, add = {}, drop = [] }, when) => {
      const updateOfAttributeColumns = [
        { PUT: cells(put) },
        { INCREMENT: Object.entries(add).map(([each, by]) => ({ [each]: TS.Long.fromNumber(by) })) },
        { DELETE_ALL: [...drop] },
      ];
      const params = { ...target(at), condition: conditionOf(when), updateOfAttributeColumns };
      const theirs = await official(() => client.updateRow(params));
      expect(updateRow(TABLE, at, { put, add, drop }, when).toString('hex')).toBe(theirs);
    }),
    RUNS,
  );
});

test('a row is deleted and read as the official SDK does it', async () => {
  await fc.assert(
    fc.asyncProperty(key, condition, async (at, when) => {
      const gone = await official(() => client.deleteRow({ ...target(at), condition: conditionOf(when) }));
      expect(deleteRow(TABLE, at, when).toString('hex')).toBe(gone);
      const read = await official(() => client.getRow(target(at)));
      expect(getRow(TABLE, at).toString('hex')).toBe(read);
    }),
    RUNS,
  );
});

test('a range is read as the official SDK reads it', async () => {
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.option(fc.tuple(text, text)),
      text,
      fc.integer({ min: 1, max: 5_000 }),
      async (kind, from, last, limit) => {
        const theirs = await official(() =>
          client.getRange({
            tableName: TABLE.name,
            direction: TS.Direction.FORWARD,
            inclusiveStartPrimaryKey: [{ kind: from?.[0] ?? kind }, { id: from?.[1] ?? TS.INF_MIN }],
            exclusiveEndPrimaryKey: [{ kind: last }, { id: TS.INF_MAX }],
            limit,
          }),
        );
        expect(getRange(TABLE, kind, from, limit, last).toString('hex')).toBe(theirs);
      },
    ),
    RUNS,
  );
});
