/** `runs-on` of a workflow's jobs, as far as it can be known without running it. Pure. */
import type { Node } from 'yaml';
import { readYaml } from '../../shared/yaml.ts';
import { type Combination, combinationsOf, isMapping, type Mapping } from './matrix.ts';

export interface RunsOn {
  readonly job: string;
  /** From 1. */
  readonly line: number;
  /** The runner group that it names; null: none, or an expression does. */
  readonly group: string | null;
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
    const made = combinationsOf(mapIn(fieldOf(value, 'strategy'), 'matrix'));
    const asked = (made.length === 0 ? [NO_MATRIX] : made).map((variables) => ({
      ...{ job, line, group: groupOf(runsOn, variables) },
      labels: labelsOf(runsOn, variables),
    }));
    // Most of a matrix asks for the same.
    return [...new Map(asked.map((each) => [JSON.stringify(each), each])).values()];
  });
}

const NO_MATRIX: Combination = new Map();

const fieldOf = (value: unknown, name: string): unknown => (isMapping(value) ? value[name] : undefined);

/** Empty where it is none. */
function mapIn(value: unknown, name: string): Mapping {
  const found = fieldOf(value, name);
  return isMapping(found) ? found : {};
}

function groupOf(runsOn: unknown, variables: Combination): string | null {
  const group = fieldOf(runsOn, 'group');
  return group === undefined ? null : (valuesOf(group, variables)[0] ?? null);
}

/** `runs-on: {group, labels}` names them one level below. */
function labelsOf(runsOn: unknown, variables: Combination): readonly (string | null)[] {
  const given = isMapping(runsOn) ? (runsOn.labels ?? []) : runsOn;
  const labels = (Array.isArray(given) ? given : [given]).flatMap((label) => valuesOf(label, variables));
  return [...new Set(labels)];
}

const VARIABLE = /\$\{\{\s*matrix\.([\w-]+)\s*\}\}/g;

/** The labels that one entry stands for in this job: a variable alone may be a list of them, or a part of one. */
function valuesOf(label: unknown, variables: Combination): (string | null)[] {
  if (typeof label !== 'string') return [wordOf(label)];
  const [, alone = ''] = /^\s*\$\{\{\s*matrix\.([\w-]+)\s*\}\}\s*$/.exec(label) ?? [];
  const value = variables.get(alone);
  if (Array.isArray(value)) return value.map(wordOf);
  if (alone !== '') return [wordOf(value)];
  let isKnown = true;
  const filled = label.replace(VARIABLE, (_, key: string) => {
    const word = wordOf(variables.get(key));
    isKnown &&= word !== null;
    return word ?? '';
  });
  return [isKnown && !filled.includes('${{') ? filled : null];
}

const wordOf = (value: unknown): string | null =>
  (typeof value === 'string' && !value.includes('${{')) || typeof value === 'number' ? String(value) : null;
