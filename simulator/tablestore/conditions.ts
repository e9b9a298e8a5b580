/** Conditions of writes and filters of reads: the same language. */
import { conditionFailed } from './errors.ts';
import { compareValues, type Value } from './values.ts';

export type Comparator =
  | 'EQUAL'
  | 'NOT_EQUAL'
  | 'GREATER_THAN'
  | 'GREATER_EQUAL'
  | 'LESS_THAN'
  | 'LESS_EQUAL';

export type Filter =
  | {
      readonly kind: 'single';
      readonly column: string;
      readonly comparator: Comparator;
      readonly value: Value;
      readonly passIfMissing: boolean;
    }
  | {
      readonly kind: 'composite';
      readonly operator: 'NOT' | 'AND' | 'OR';
      readonly filters: readonly Filter[];
    };

export interface Condition {
  readonly expectation: 'IGNORE' | 'EXPECT_EXIST' | 'EXPECT_NOT_EXIST';
  readonly filter: Filter | null;
}

/** Undefined: the row has no such column. Key columns count. */
export type Lookup = (column: string) => Value | undefined;

const HOLDS: Readonly<Record<Comparator, (order: number) => boolean>> = {
  EQUAL: (order) => order === 0,
  NOT_EQUAL: (order) => order !== 0,
  GREATER_THAN: (order) => order > 0,
  GREATER_EQUAL: (order) => order >= 0,
  LESS_THAN: (order) => order < 0,
  LESS_EQUAL: (order) => order <= 0,
};

export function passes(filter: Filter, lookup: Lookup): boolean {
  if (filter.kind === 'single') return passesOne(filter, lookup(filter.column));
  switch (filter.operator) {
    case 'NOT':
      return filter.filters.every((each) => !passes(each, lookup));
    case 'AND':
      return filter.filters.every((each) => passes(each, lookup));
    case 'OR':
      return filter.filters.some((each) => passes(each, lookup));
  }
}

/** What a comparison of two types means is not documented: it never holds here, not even NOT_EQUAL. */
function passesOne(filter: Filter & { kind: 'single' }, value: Value | undefined): boolean {
  if (value === undefined) return filter.passIfMissing;
  const order = compareValues(value, filter.value);
  return order !== null && HOLDS[filter.comparator](order);
}

/**
 * Throws OTSConditionCheckFail. `lookup` null: there is no such row. Whether a condition on columns can hold for a row
 * that does not exist is not documented, pass-if-missing or not: here it cannot.
 */
export function checkCondition(condition: Condition, lookup: Lookup | null): void {
  if (condition.expectation === 'EXPECT_EXIST' && lookup === null) throw conditionFailed();
  if (condition.expectation === 'EXPECT_NOT_EXIST' && lookup !== null) throw conditionFailed();
  if (condition.filter === null) return;
  if (lookup === null || !passes(condition.filter, lookup)) throw conditionFailed();
}

export function countOf(filter: Filter): number {
  return filter.kind === 'single' ? 1 : 1 + filter.filters.reduce((sum, each) => sum + countOf(each), 0);
}
