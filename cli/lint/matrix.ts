/** The jobs that a matrix makes, as far as the workflow says it. Pure. */

export type Mapping = Readonly<Record<string, unknown>>;

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The variables of one job; null: an expression makes the value. */
export type Combination = ReadonlyMap<string, unknown>;

/** GitHub makes 256 jobs at most; before some are excluded there may be many times that. */
const COMBINATIONS_MAX = 4_096;

/**
 * What is excluded goes first; then what is included is added to each job whose own values it does not change, or is a job of its
 * own (GitHub docs, "Running variations of jobs in a workflow").
 */
export function combinationsOf({ include, exclude = [], ...axes }: Mapping): readonly Combination[] {
  // Nobody knows what an expression excludes.
  const own = Array.isArray(exclude) ? productOf(axes).filter((job) => !isExcluded(job, exclude)) : [];
  let made: readonly Combination[] = own;
  const others: Combination[] = [];
  for (const one of Array.isArray(include) ? include.filter(isMapping) : []) {
    const more = Object.entries(one).map(([key, value]) => [key, known(value)] as const);
    const takes = (job: Combination) =>
      more.every(([key, value]) => !(key in axes) || isSame(job.get(key), value));
    if (!made.some(takes)) others.push(new Map(more));
    else made = made.map((job) => (takes(job) ? new Map([...job, ...more]) : job));
  }
  return [...made, ...others];
}

function productOf(axes: Mapping): Combination[] {
  const all = Object.entries(axes).reduce<Combination[]>(
    (made, [key, values]) =>
      made
        .flatMap((job) => listOf(values).map((value) => new Map([...job, [key, value]])))
        .slice(0, COMBINATIONS_MAX),
    [new Map()],
  );
  return all.filter((job) => job.size > 0);
}

/** What is no list is an expression that makes one. */
const listOf = (values: unknown): readonly unknown[] => (Array.isArray(values) ? values.map(known) : [null]);

const known = (value: unknown): unknown =>
  typeof value === 'string' && value.includes('${{') ? null : value;

/** Where that is not known, it may be: of such a job nothing is told. */
const isExcluded = (job: Combination, exclude: readonly unknown[]): boolean =>
  exclude.some(
    (one) =>
      !isMapping(one) ||
      Object.entries(one).every(
        ([key, value]) => known(value) === null || job.get(key) === null || isSame(job.get(key), value),
      ),
  );

const isSame = (a: unknown, b: unknown): boolean => wordOf(a) === wordOf(b);

const wordOf = (value: unknown): string =>
  (typeof value === 'object' ? JSON.stringify(value) : String(value)).toLowerCase();
