import TS from 'tablestore';
import { describe, expect, test } from 'vitest';
import {
  condition,
  key,
  openTableStore,
  plain,
  refusal,
  type TableStoreFixture,
  tableOf,
} from './fixture.ts';

const DAY_MS = 24 * 3_600_000;
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

describe('tables', () => {
  test(
    'are created, described, listed and deleted',
    openTableStore(async (at) => {
      await at.client.createTable(tableOf('more', 86_400));
      expect((await at.client.listTable({})).tableNames).toEqual(['more', 'rows']);
      const { tableMeta, tableOptions } = await at.client.describeTable({ tableName: 'more' });
      expect(tableMeta.primaryKey.map(({ name, type }) => [name, type])).toEqual([
        ['pk', TS.PrimaryKeyType.STRING],
        ['at', TS.PrimaryKeyType.INTEGER],
      ]);
      expect([tableOptions.timeToLive, tableOptions.maxVersions]).toEqual([86_400, 1]);
      await at.client.deleteTable({ tableName: 'more' });
      const gone = '404 OTSObjectNotExist: Requested table does not exist.';
      expect(await refusal(at.client.describeTable({ tableName: 'more' }))).toBe(gone);
      expect(await refusal(at.client.deleteTable({ tableName: 'more' }))).toBe(gone);
      expect(await refusal(get(at, 'more'))).toBe(gone);
    }),
  );

  test(
    'are not ready at once after they were created',
    openTableStore(async (at) => {
      Object.assign(at.store, { readyAfterMs: 3_000 });
      await at.client.createTable(tableOf('fresh'));
      expect(await refusal(get(at, 'fresh'))).toBe('404 OTSTableNotReady: The table is not ready.');
      await at.clock.runUntil(at.clock.nowMs() + 3_000);
      expect(await get(at, 'fresh')).toBeUndefined();
    }),
  );

  test(
    'that break a rule, or want what the simulator lacks, are refused',
    openTableStore(async (at) => {
      const create = (change: (table: TS.CreateTableParams) => unknown) => {
        const table = structuredClone(tableOf('new'));
        return refusal(at.client.createTable({ ...table, ...(change(table) as object) }));
      };
      const keys = (...primaryKey: TS.TableMeta['primaryKey']) => ({
        tableMeta: { tableName: 'new', primaryKey },
      });
      const pk = { name: 'pk', type: 'STRING' } as const;
      const options = (timeToLive: number, maxVersions: number) => ({
        tableOptions: { timeToLive, maxVersions },
      });
      expect(await create(() => tableOf('rows'))).toBe(
        '409 OTSObjectAlreadyExist: Requested table already exists.',
      );
      expect(await create(() => tableOf('with-dash'))).toContain(
        "400 OTSParameterInvalid: Invalid table name: 'with-dash'.",
      );
      expect(await create(() => keys())).toContain('must be in range: [1, 4].');
      expect(await create(() => keys(pk, pk))).toContain("Duplicated primary key name: 'pk'.");
      expect(await create(() => options(3_600, 1))).toContain('TimeToLive must be at least 86400 seconds.');
      expect(await create(() => options(0, 1))).toContain('TimeToLive cannot be 0 or less than -1.');
      expect(await create(() => options(-1, 3))).toBe(
        '400 OTSUnsupportOperation: The simulator has no several versions.',
      );
      const automatic = keys(pk, { name: 'id', type: 'INTEGER', option: 'AUTO_INCREMENT' });
      expect(await create(() => automatic)).toContain('The simulator has no auto-increment keys.');
      const indexMetas = [{ name: 'i', primaryKey: ['x'], definedColumn: [] }];
      expect(await create(() => ({ indexMetas }))).toContain('The simulator has no secondary indexes.');
    }),
  );
});

describe('time to live', () => {
  test(
    'counts for each column since it was written; a row ends with its last column',
    openTableStore(
      async (at) => {
        const { client, clock } = at;
        const pass = (ms: number) => clock.runUntil(clock.nowMs() + ms);
        const update = { tableName: 'rows', primaryKey: key('a', 1), condition: condition() };
        await put(at, [{ x: '1' }, { y: '1' }]);
        await pass(DAY_MS / 2);
        await client.updateRow({ ...update, updateOfAttributeColumns: [{ PUT: [{ y: '2' }] }] });
        await pass(DAY_MS / 2 - 1);
        expect(await get(at)).toEqual({ x: '1', y: '2' });
        await pass(1);
        expect(await get(at)).toEqual({ y: '2' });
        await pass(DAY_MS / 2);
        expect(await get(at)).toBeUndefined();
        const again = put(at, [], { condition: condition('EXPECT_NOT_EXIST') });
        expect(await refusal(again)).toContain('it was not refused');
      },
      { timeToLive: 86_400 },
    ),
  );
});
