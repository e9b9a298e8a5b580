import TS from 'tablestore';
import { describe, expect, test } from 'vitest';
import {
  column,
  condition,
  key,
  long,
  openTableStore,
  plain,
  plainKey,
  refusal,
  type TableStoreFixture,
} from './fixture.ts';

const put = (
  { client }: TableStoreFixture,
  pk: string,
  at: number,
  ...attributeColumns: TS.AttributesInput
) => client.putRow({ tableName: 'rows', primaryKey: key(pk, at), condition: condition(), attributeColumns });

const get = async (
  { client }: TableStoreFixture,
  pk: string,
  at: number,
  some: Partial<TS.GetRowParams> = {},
) => plain((await client.getRow({ tableName: 'rows', primaryKey: key(pk, at), ...some })).row);

const update = (
  { client }: TableStoreFixture,
  updateOfAttributeColumns: TS.UpdateRowParams['updateOfAttributeColumns'],
  some: Partial<TS.UpdateRowParams> = {},
) =>
  client.updateRow({
    tableName: 'rows',
    primaryKey: key('a', 1),
    condition: condition(),
    updateOfAttributeColumns,
    ...some,
  });

describe('one row', () => {
  test(
    'reads as it was put, in every type',
    openTableStore(async (at) => {
      const bytes = Buffer.from([0, 255, 7]);
      const row = { text: 'größer 🏁', empty: '', whole: long(-5), part: 1.5, yes: true, no: false, bytes };
      await put(at, 'a', 1, ...Object.entries(row).map(([name, value]) => ({ [name]: value })));
      expect(await get(at, 'a', 1)).toEqual({ ...row, whole: -5n, bytes: [0, 255, 7] });
    }),
  );

  test(
    'put again has no column of before',
    openTableStore(async (at) => {
      await put(at, 'a', 1, { x: '1' }, { y: '1' });
      await put(at, 'a', 1, { y: '2' });
      expect(await get(at, 'a', 1)).toEqual({ y: '2' });
    }),
  );

  test(
    'that is not there is no error',
    openTableStore(async (at) => {
      expect(await get(at, 'nobody', 1)).toBeUndefined();
      await at.client.deleteRow({ tableName: 'rows', primaryKey: key('nobody', 1), condition: condition() });
    }),
  );

  test(
    'has columns put, counted and deleted by one update, or none of it',
    openTableStore(async (at) => {
      await put(at, 'a', 1, { x: '1' }, { y: '1' }, { n: long(40) });
      await update(at, [
        { PUT: [{ z: 'new' }] },
        { DELETE_ALL: ['x'] },
        { INCREMENT: [{ n: long(2) }, { m: long(-1) }] },
      ]);
      expect(await get(at, 'a', 1)).toEqual({ y: '1', n: 42n, z: 'new', m: -1n });
      expect(await refusal(update(at, [{ PUT: [{ w: '1' }] }, { INCREMENT: [{ y: long(1) }] }]))).toBe(
        '400 OTSParameterInvalid: Column y is not an INTEGER, it cannot be incremented.',
      );
      expect(await get(at, 'a', 1)).not.toHaveProperty('w');
    }),
  );

  test(
    'keeps one version; a deletion of one version takes that one only',
    openTableStore(async (at) => {
      const now = at.clock.nowMs();
      await put(at, 'a', 1, { x: 'new', timestamp: now }, { y: '1' });
      await update(at, [{ PUT: [{ x: 'old', timestamp: now - 5 }] }]);
      await update(at, [{ DELETE: [{ x: (now - 5) as unknown as TS.int64 }] }]);
      expect(await get(at, 'a', 1)).toEqual({ x: 'new', y: '1' });
      await update(at, [{ DELETE: [{ x: now as unknown as TS.int64 }] }]);
      expect(await get(at, 'a', 1)).toEqual({ y: '1' });
    }),
  );

  test(
    'answers its key, or the columns it modified, when asked to',
    openTableStore(async (at) => {
      const returnContent = { returnType: TS.ReturnType.Primarykey };
      const answered = await at.client.putRow({
        tableName: 'rows',
        primaryKey: key('a', 1),
        condition: condition(),
        attributeColumns: [{ n: long(1) }],
        returnContent,
      });
      expect(plainKey(answered.row?.primaryKey)).toEqual(['a', 1n]);
      const counted = await update(at, [{ INCREMENT: [{ n: long(1) }] }], {
        returnContent: { returnType: TS.ReturnType.AfterModify, returnColumns: ['n'] },
      });
      expect(plain(counted.row)).toEqual({ n: 2n });
    }),
  );

  test(
    'is read by column and by filter',
    openTableStore(async (at) => {
      await put(at, 'a', 1, { x: '1' }, { y: '2' });
      expect(await get(at, 'a', 1, { columnsToGet: ['y'] })).toEqual({ y: '2' });
      expect(await get(at, 'a', 1, { columnsToGet: ['z'] }), 'none of the columns: no row').toBeUndefined();
      expect(await get(at, 'a', 1, { columnFilter: column('x', '1') })).toBeDefined();
      expect(await get(at, 'a', 1, { columnFilter: column('x', '2') })).toBeUndefined();
    }),
  );
});
