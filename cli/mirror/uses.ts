/** Which actions workflows name, as lines for `mirror.actions`: pure. */
import { readYaml } from '../../shared/yaml.ts';

/** A branch moves with each push: its archive would be old. */
const BRANCHES = new Set(['main', 'master', 'HEAD']);

/** `OWNER/REPO@REF`, each once. Null: not a workflow that can be read. Reusable workflows and local actions are none. */
export function actionsIn(text: string): string[] | null {
  const read = readYaml(text);
  if (read.kind === 'wrong') return null;
  const workflow = read.value;
  const jobs = valuesOf(fieldOf(workflow, 'jobs'));
  // A composite action has its steps below `runs`.
  const holders = [...jobs, fieldOf(workflow, 'runs')];
  const uses = holders.flatMap((holder) =>
    valuesOf(fieldOf(holder, 'steps')).map((step) => fieldOf(step, 'uses')),
  );
  return [...new Set(uses.flatMap(actionOf))].sort();
}

function actionOf(uses: unknown): string[] {
  const [, repository, ref] = /^([\w-]+\/[\w.-]+)(?:\/[^@]*)?@([\w][\w./-]*)$/.exec(String(uses)) ?? [];
  return repository === undefined || ref === undefined || BRANCHES.has(ref) ? [] : [`${repository}@${ref}`];
}

/** What is kept already, and what is new, sorted. */
export const merged = (kept: readonly string[], found: readonly string[]): string[] =>
  [...new Set([...kept, ...found])].sort();

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

const valuesOf = (value: unknown): readonly unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : [];
