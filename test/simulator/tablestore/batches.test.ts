import type TS from 'tablestore';
import { describe, expect, test } from 'vitest';
import { condition, key, openTableStore, plain, refusal, type TableStoreFixture } from './fixture.ts';

describe('a batch', () => {
  const row = (type: 'PUT' | 'UPDATE' | 'DELETE', pk: string, when: TS.Condition, x = '1') => ({
    type,
    primaryKey: key(pk, 1),
    condition: when,
    attributeColumns: type === 'UPDATE' ? [{ PUT: [{ x }] }] : [{ x }],
  });
  const write = ({ client }: TableStoreFixture, tables: unknown) =>
    client.batchWriteRow({ tables } as unknown as TS.BatchWriteRowParams);

  test(
    'of writes has an outcome for each row, and one refusal does not keep the others',
    openTableStore(async (at) => {
      const rows = [
        row('PUT', 'a', condition('EXPECT_NOT_EXIST')),
        row('UPDATE', 'b', condition('EXPECT_EXIST')),
        row('UPDATE', 'c', condition()),
        row('DELETE', 'd', condition()),
      ];
      const { tables } = await write(at, [{ tableName: 'rows', rows }]);
      expect(tables.map(({ isOk, errorCode }) => errorCode ?? isOk)).toEqual([
        true,
        'OTSConditionCheckFail',
        true,
        true,
      ]);
      const primaryKey = ['a', 'b', 'c'].map((pk) => key(pk, 1));
      const read = await at.client.batchGetRow({ tables: [{ tableName: 'rows', primaryKey }] });
      expect(read.tables[0]?.map((each) => [each.isOk, plain(each)])).toEqual([
        [true, { x: '1' }],
        [true, undefined],
        [true, { x: '1' }],
      ]);
    }),
  );

  test(
    'on a table that is not there fails row by row',
    openTableStore(async (at) => {
      const rows = [row('PUT', 'a', condition())];
      const { tables } = await write(at, [
        { tableName: 'nowhere', rows },
        { tableName: 'rows', rows },
      ]);
      expect(tables.map(({ errorCode }) => errorCode)).toEqual(['OTSObjectNotExist', null]);
      const read = await at.client.batchGetRow({
        tables: [{ tableName: 'nowhere', primaryKey: [key('a', 1)] }],
      });
      expect(read.tables[0]?.map(({ errorCode }) => errorCode)).toEqual(['OTSObjectNotExist']);
    }),
  );

  test(
    'that is broken changes nothing at all',
    openTableStore(async (at) => {
      const good = row('PUT', 'a', condition());
      const twice = row('PUT', 'b', condition('EXPECT_NOT_EXIST'));
      const many = (count: number) =>
        Array.from({ length: count }, (_, n) => row('PUT', `n${n}`, condition()));
      const table = (rows: unknown[]) => write(at, [{ tableName: 'rows', rows }]);
      expect(await refusal(table([good, twice, twice]))).toContain('Repeated rows do not support row exist');
      expect(await refusal(table([good, ...many(200)]))).toContain(
        'Rows count exceeds the upper limit: 200.',
      );
      expect(await refusal(table([good, row('PUT', 'c', condition(), 'x'.repeat(2_100_000))]))).toContain(
        'MaxLength',
      );
      expect(await refusal(table([]))).toContain('No row is specified in BatchWriteRow.');
      const primaryKey = Array.from({ length: 101 }, (_, n) => key('a', n));
      const read = at.client.batchGetRow({ tables: [{ tableName: 'rows', primaryKey }] });
      expect(await refusal(read)).toContain('Rows count exceeds the upper limit: 100.');
      expect(at.store.tables.get('rows')?.rowCount).toBe(0);
    }),
  );
});
