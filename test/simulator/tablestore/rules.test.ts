import TS from 'tablestore';
import { describe, expect, test } from 'vitest';
import { condition, key, long, openTableStore, plain, refusal, type TableStoreFixture } from './fixture.ts';

const get = async ({ client }: TableStoreFixture, tableName = 'rows') =>
  plain((await client.getRow({ tableName, primaryKey: key('a', 1) })).row);
const put = (
  { client }: TableStoreFixture,
  attributeColumns: TS.AttributesInput,
  some: Partial<TS.PutRowParams> = {},
) =>
  client.putRow({
    tableName: 'rows',
    primaryKey: key('a', 1),
    condition: condition(),
    attributeColumns,
    ...some,
  });

describe('rules of a write', () => {
  const columns = (count: number) => Array.from({ length: count }, (_, n) => ({ [`c${n}`]: '' }));
  // biome-ignore format: a table reads best as a table.
  const cases: [name: string, write: (at: TableStoreFixture) => Promise<unknown>, expected: string][] = [
    ['a key of another table',     (at) => put(at, [], { primaryKey: [{ pk: 'a' }] }),           '400 OTSInvalidPK: Primary key schema mismatch.'],
    ['a key in another order',     (at) => put(at, [], { primaryKey: [...key('a', 1)].reverse() }), '400 OTSInvalidPK'],
    ['a key of another type',      (at) => put(at, [], { primaryKey: [{ pk: long(1) }, { at: long(1) }] }), '400 OTSInvalidPK'],
    ['a key that is too long',     (at) => put(at, [], { primaryKey: key('é'.repeat(513), 1) }), 'exceeds the MaxLength: 1024 with CurrentLength: 1026.'],
    ['infinity as a key',          (at) => put(at, [], { primaryKey: [{ pk: TS.INF_MIN }, { at: long(1) }] }), 'for ranges only'],
    ['a key made by the service',  (at) => put(at, [], { primaryKey: [{ pk: 'a' }, { at: TS.PK_AUTO_INCR }] }), 'has no auto-increment keys'],
    ['a value that is too large',  (at) => put(at, [{ x: 'x'.repeat(2_097_153) }]),              'exceeded the MaxLength: 2097152 with Current Length: 2097153.'],
    ['a row that is too large',    (at) => put(at, ['x', 'y', 'z'].map((name) => ({ [name]: 'x'.repeat(1_500_000) }))), 'The total data size of PutRow request exceeds the limit'],
    ['a request that is too large',(at) => put(at, ['x', 'y', 'z'].map((name) => ({ [name]: 'x'.repeat(2_000_000) }))), '413 OTSRequestBodyTooLarge'],
    ['too many columns',           (at) => put(at, columns(1_025)),                              'limit count: 1024, column count: 1025.'],
    ['a name with a dash',         (at) => put(at, [{ 'a-b': '1' }]),                            "Invalid column name: 'a-b'."],
    ['a name twice',               (at) => put(at, [{ a: '1' }, { a: '2' }]),                    'Duplicated attribute column name: a.'],
    ['the name of a key',          (at) => put(at, [{ pk: '1' }]),                               'Duplicated attribute column name with primary key column: pk.'],
    ['not a number',               (at) => put(at, [{ a: Number.NaN }]),                         "NaN can't be set to double value."],
    ['a time far away',            (at) => put(at, [{ a: '1', timestamp: 5 }]),                  'Invalid timestamp. Cell: a.'],
    ['a transaction',              (at) => put(at, [], { transactionId: 't' }),                  'The simulator has no transactions.'],
  ];

  test.each(cases)('%s is refused', (_name, write, expected) =>
    openTableStore(async (at) => {
      expect(await refusal(write(at))).toContain(expected);
      expect(await get(at)).toBeUndefined();
    })(),
  );

  test(
    'an overflow of a counter is refused',
    openTableStore(async (at) => {
      await put(at, [{ n: TS.Long.fromString('9223372036854775807') }]);
      const updateOfAttributeColumns = [{ INCREMENT: [{ n: long(1) }] }];
      const update = {
        tableName: 'rows',
        primaryKey: key('a', 1),
        condition: condition(),
        updateOfAttributeColumns,
      };
      expect(await refusal(at.client.updateRow(update))).toContain('Increment of n overflows.');
    }),
  );
});
