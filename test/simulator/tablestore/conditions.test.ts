import type TS from 'tablestore';
import { describe, expect, test } from 'vitest';
import {
  all,
  column,
  condition,
  key,
  long,
  openTableStore,
  plain,
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

describe('conditions', () => {
  const REFUSED = '403 OTSConditionCheckFail: Condition check failed.';
  const one = column('n', long(1));
  const two = column('n', long(2));
  // biome-ignore format: a table reads best as a table.
  const cases: [name: string, condition: TS.Condition, isHeld: boolean][] = [
    ['the row is there',                        condition('EXPECT_EXIST'),                                       true],
    ['the row is not there',                    condition('EXPECT_NOT_EXIST'),                                   false],
    ['equal',                                   condition('IGNORE', one),                                        true],
    ['equal to another value',                  condition('IGNORE', two),                                        false],
    ['not equal',                               condition('IGNORE', column('n', long(2), 'NOT_EQUAL')),          true],
    ['not equal, but it is',                    condition('IGNORE', column('n', long(1), 'NOT_EQUAL')),          false],
    ['less',                                    condition('IGNORE', column('n', long(2), 'LESS_THAN')),          true],
    ['less than itself',                        condition('IGNORE', column('n', long(1), 'LESS_THAN')),          false],
    ['at most itself',                          condition('IGNORE', column('n', long(1), 'LESS_EQUAL')),         true],
    ['at most less',                            condition('IGNORE', column('n', long(0), 'LESS_EQUAL')),         false],
    ['greater',                                 condition('IGNORE', column('n', long(-1), 'GREATER_THAN')),      true],
    ['greater than itself',                     condition('IGNORE', column('n', long(1), 'GREATER_THAN')),       false],
    ['at least itself',                         condition('IGNORE', column('n', long(1), 'GREATER_EQUAL')),      true],
    ['at least more',                           condition('IGNORE', column('n', long(2), 'GREATER_EQUAL')),      false],
    ['of another type',                         condition('IGNORE', column('n', '1')),                           false],
    ['not equal to another type',               condition('IGNORE', column('n', 1, 'NOT_EQUAL')),                false],
    ['a missing column that may miss',          condition('IGNORE', column('m', long(1), 'EQUAL', true)),        true],
    ['a missing column that may not miss',      condition('IGNORE', column('m', long(1), 'EQUAL', false)),       false],
    ['a key column',                            condition('IGNORE', column('pk', 'a')),                          true],
    ['text in the order of its bytes',          condition('IGNORE', column('t', '\ue000', 'GREATER_THAN')),      true],
    ['all of two',                              condition('IGNORE', all('AND', one, two)),                       false],
    ['one of two',                              condition('IGNORE', all('OR', one, two)),                        true],
    ['not one of two',                          condition('IGNORE', all('NOT', all('OR', one, two))),            false],
    ['ten with the operator',                   condition('IGNORE', all('AND', ...Array(9).fill(one))),          true],
  ];

  test(
    'hold or not, and only then the row changes',
    openTableStore(async (at) => {
      for (const [name, when, isHeld] of cases) {
        await put(at, 'a', 1, { n: long(1) }, { t: '🏁' });
        const outcome = await refusal(update(at, [{ PUT: [{ x: 'changed' }] }], { condition: when }));
        expect(outcome, name).toBe(isHeld ? 'undefined ?: it was not refused' : REFUSED);
        expect((await get(at, 'a', 1))?.x, name).toBe(isHeld ? 'changed' : undefined);
      }
    }),
  );

  test(
    'guard puts and deletions too, and hold for no row that is not there',
    openTableStore(async (at) => {
      await put(at, 'a', 1, { n: long(1) });
      const base = { tableName: 'rows', primaryKey: key('a', 1) };
      expect(
        await refusal(
          at.client.putRow({ ...base, condition: condition('EXPECT_NOT_EXIST'), attributeColumns: [] }),
        ),
      ).toBe(REFUSED);
      expect(await refusal(at.client.deleteRow({ ...base, condition: condition('IGNORE', two) }))).toBe(
        REFUSED,
      );
      await at.client.deleteRow({ ...base, condition: condition('EXPECT_EXIST', one) });
      const lenient = condition('IGNORE', column('n', long(1), 'EQUAL', true));
      expect(await refusal(at.client.putRow({ ...base, condition: lenient, attributeColumns: [] }))).toBe(
        REFUSED,
      );
    }),
  );

  test(
    'are ten at most, and composed as documented',
    openTableStore(async (at) => {
      const tried = (column: TS.ColumnCondition) =>
        refusal(update(at, [{ PUT: [{ x: '1' }] }], { condition: condition('IGNORE', column) }));
      expect(await tried(all('AND', ...Array(10).fill(one)))).toBe(
        '400 OTSParameterInvalid: The count of filter exceeds the max: 10.',
      );
      expect(await tried(all('NOT', one, two))).toContain('the number of sub-filters must be 1.');
      expect(await tried(all('OR', one))).toContain('the number of sub-filters must be 2.');
    }),
  );
});
