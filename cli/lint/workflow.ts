/** `runs-on` of a workflow's jobs, as far as it can be known without running it. Pure. */
import type { Node } from 'yaml';
import { readYaml } from '../../shared/yaml.ts';

export interface RunsOn {
  readonly job: string;
  /** From 1. */
  readonly line: number;
  /** A label that an expression makes, and nothing here says how, is null. */
  readonly labels: readonly (string | null)[];
}

/** Null: not YAML, which GitHub says better. Aliases are what they stand for, as at GitHub. */
export function runsOnIn(text: string): RunsOn[] | null {
  const read = readYaml(text);
  if (read.kind === 'wrong') return null;
  const { document, value: workflow, lineAt } = read;
  const lineOf = (path: readonly string[]) => {
    const node = document.hasIn(path) ? (document.getIn(path, true) as Node | undefined) : undefined;
    return lineAt(node?.range?.[0]);
  };
  return Object.entries(mapIn(workflow, 'jobs')).flatMap(([job, value]) => {
    const runsOn = fieldOf(value, 'runs-on');
    if (runsOn === undefined) return [];
    const path = ['jobs', job, 'runs-on'];
    const line = lineOf(path) ?? lineOf(path.slice(0, 2)) ?? 1;
    const matrix = mapIn(fieldOf(value, 'strategy'), 'matrix');
    return setsOf(labelsOf(runsOn), matrix).map((labels) => ({ job, line, labels }));
  });
}

type Matrix = Readonly<Record<string, unknown>>;

const fieldOf = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined);

/** Empty where it is none. */
function mapIn(value: unknown, name: string): Matrix {
  const found = fieldOf(value, name);
  return isRecord(found) && !Array.isArray(found) ? found : {};
}

/** `runs-on: {group, labels}` names them one level below. */
function labelsOf(runsOn: unknown): unknown {
  if (Array.isArray(runsOn) || !isRecord(runsOn)) return runsOn;
  return runsOn.labels ?? [];
}

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
