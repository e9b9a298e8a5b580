/** `runs-on` of a workflow's jobs, as far as it can be known without running it. Pure. */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

export interface RunsOn {
  readonly job: string;
  /** From 1. */
  readonly line: number;
  /** A label that an expression makes, and nothing here says how, is null. */
  readonly labels: readonly (string | null)[];
}

/** Null: not YAML, which GitHub says better. */
export function runsOnIn(text: string): RunsOn[] | null {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter });
  if (document.errors.length > 0) return null;
  const jobs = document.get('jobs', true);
  if (!isMap(jobs)) return [];
  return jobs.items.flatMap(({ key, value }) => {
    const runsOn = isMap(value) ? (value.get('runs-on', true) as Node | undefined) : undefined;
    if (runsOn === undefined || !isMap(value)) return [];
    const line = lineCounter.linePos(runsOn.range?.[0] ?? 0).line;
    const matrix = value.getIn(['strategy', 'matrix'], true);
    const job = isScalar(key) ? String(key.value) : '';
    return setsOf(labelsNode(runsOn), isMap(matrix) ? (matrix.toJS(document) as Matrix) : {}).map(
      (labels) => ({
        ...{ job, line, labels },
      }),
    );
  });
}

type Matrix = Readonly<Record<string, unknown>>;

/** `runs-on: {group, labels}` names them one level below. */
const labelsNode = (node: Node): unknown => {
  const plain = isMap(node) ? (node.get('labels', true) as Node | undefined) : node;
  return isSeq(plain) || isScalar(plain) ? plain.toJSON() : [];
};

/** More than so many sets of labels are not told apart. */
const SETS_MAX = 256;

/** One set of labels for each value that a lone `${{ matrix.KEY }}` may have. */
function setsOf(runsOn: unknown, matrix: Matrix): (readonly (string | null)[])[] {
  const given = (Array.isArray(runsOn) ? runsOn : [runsOn]).map(String);
  return given
    .reduce<(readonly (string | null)[])[]>(
      (sets, label) =>
        sets.flatMap((set) => valuesOf(label, matrix).map((more) => [...set, ...more])).slice(0, SETS_MAX),
      [[]],
    )
    .map((set) => [...new Set(set)]);
}

/** The labels that one entry stands for, in each way that the matrix has. */
function valuesOf(label: string, matrix: Matrix): (string | null)[][] {
  if (!label.includes('${{')) return [[label]];
  const key = /^\s*\$\{\{\s*matrix\.([\w-]+)\s*\}\}\s*$/.exec(label)?.[1];
  if (key === undefined) return [[null]];
  const included = Array.isArray(matrix.include) ? (matrix.include as unknown[]) : [];
  const values = [
    ...(Array.isArray(matrix[key]) ? (matrix[key] as unknown[]) : []),
    ...included.flatMap((each) => (isRecord(each) && key in each ? [each[key]] : [])),
  ];
  return values.length === 0 ? [[null]] : values.map(known);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const known = (value: unknown): (string | null)[] =>
  (Array.isArray(value) ? value : [value]).map((each) =>
    typeof each === 'string' && !each.includes('${{') ? each : null,
  );
