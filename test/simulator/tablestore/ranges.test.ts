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

const NAMES = ['a', 'ab', 'b', 'é', '\ue000', '🏁'];

/** Two rows for each name, put in no order. */
async function filled({ client }: TableStoreFixture): Promise<void> {
  for (const pk of [...NAMES].reverse())
    for (const at of [2, -1])
      await client.putRow({
        tableName: 'rows',
        primaryKey: key(pk, at),
        condition: condition(),
        attributeColumns: [{ n: long(at) }],
      });
}

const bounds = (pk: string | TS.VirtualData, at: TS.VirtualData): TS.PrimaryKeyInput => [{ pk }, { at }];
const FIRST = bounds(TS.INF_MIN, TS.INF_MIN);
const LAST = bounds(TS.INF_MAX, TS.INF_MAX);

const range = (
  { client }: TableStoreFixture,
  start: TS.PrimaryKeyInput,
  end: TS.PrimaryKeyInput,
  some: Partial<TS.GetRangeParams> = {},
) =>
  client.getRange({
    tableName: 'rows',
    direction: TS.Direction.FORWARD,
    inclusiveStartPrimaryKey: start,
    exclusiveEndPrimaryKey: end,
    ...some,
  });

const keysOf = ({ rows }: TS.GetRangeResult) => rows.map(({ primaryKey }) => plainKey(primaryKey).join(' '));
const EVERY = NAMES.flatMap((name) => [`${name} -1`, `${name} 2`]);

describe('a range', () => {
  test(
    'has all rows in the order of their keys, text by its bytes, numbers by value',
    openTableStore(async (at) => {
      await filled(at);
      const answer = await range(at, FIRST, LAST);
      expect([keysOf(answer), answer.nextStartPrimaryKey]).toEqual([EVERY, null]);
    }),
  );

  test(
    'goes backwards',
    openTableStore(async (at) => {
      await filled(at);
      const answer = await range(at, LAST, FIRST, { direction: TS.Direction.BACKWARD });
      expect(keysOf(answer)).toEqual([...EVERY].reverse());
    }),
  );

  test(
    'includes its start and not its end, in both directions',
    openTableStore(async (at) => {
      await filled(at);
      expect(keysOf(await range(at, key('a', 2), key('b', -1)))).toEqual(['a 2', 'ab -1', 'ab 2']);
      const backwards = await range(at, key('b', -1), key('a', 2), { direction: TS.Direction.BACKWARD });
      expect(keysOf(backwards)).toEqual(['b -1', 'ab 2', 'ab -1']);
      const one = await range(at, bounds('a', TS.INF_MIN), bounds('a', TS.INF_MAX));
      expect(keysOf(one)).toEqual(['a -1', 'a 2']);
    }),
  );

  /** Page by page, until there is no next. */
  async function paged(at: TableStoreFixture, direction: 'FORWARD' | 'BACKWARD'): Promise<string[]> {
    const [start, end] = direction === 'FORWARD' ? [FIRST, LAST] : [LAST, FIRST];
    const found: string[] = [];
    let from: TS.PrimaryKeyInput | null = start;
    while (from !== null) {
      const answer: TS.GetRangeResult = await range(at, from, end, { direction, limit: 5 });
      expect(answer.rows.length).toBeLessThanOrEqual(5);
      found.push(...keysOf(answer));
      const next: TS.PrimaryKeyOutput | undefined = answer.nextStartPrimaryKey;
      from = next?.map(({ name, value }) => ({ [name]: value })) ?? null;
    }
    return found;
  }

  test(
    'comes in pages that meet without gap, in both directions',
    openTableStore(async (at) => {
      await filled(at);
      expect(await paged(at, 'FORWARD')).toEqual(EVERY);
      expect(await paged(at, 'BACKWARD')).toEqual([...EVERY].reverse());
    }),
  );

  test(
    'is filtered after it was scanned: the limit counts what passes, the scan what was looked at',
    openTableStore(async (at) => {
      await filled(at);
      at.store.counts.rowsScanned = 0;
      const columnFilter = column('n', long(0), 'GREATER_THAN');
      const answer = await range(at, FIRST, LAST, { columnFilter, limit: 2, columnsToGet: ['n'] });
      expect(answer.rows.map(plain)).toEqual([{ n: 2n }, { n: 2n }]);
      expect(plainKey(answer.nextStartPrimaryKey)).toEqual(['b', -1n]);
      expect(at.store.counts.rowsScanned).toBe(4);
    }),
  );

  test(
    'that leads nowhere is refused',
    openTableStore(async (at) => {
      expect(await refusal(range(at, LAST, FIRST))).toContain('Begin key must less than end key in FORWARD.');
      const backward = { direction: TS.Direction.BACKWARD };
      expect(await refusal(range(at, FIRST, LAST, backward))).toContain(
        'Begin key must more than end key in BACKWARD.',
      );
      expect(await refusal(range(at, FIRST, LAST, { limit: -1 }))).toContain(
        'The limit must be greater than 0.',
      );
    }),
  );

  test(
    'ends after four megabytes, and goes on from there',
    openTableStore(async (at) => {
      const attributeColumns = [{ x: 'x'.repeat(1_500_000) }];
      for (let n = 0; n < 5; n++)
        await at.client.putRow({
          tableName: 'rows',
          primaryKey: key('a', n),
          condition: condition(),
          attributeColumns,
        });
      const answer = await range(at, FIRST, LAST);
      expect([answer.rows.length, plainKey(answer.nextStartPrimaryKey)]).toEqual([3, ['a', 3n]]);
    }),
  );
});
