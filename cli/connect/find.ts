/** Which machine a person means: of a job, by a runner's name, or by its instance. */
import type { RunnerEntry } from '../../shared/ledger/entries.ts';
import type { JobId } from '../../shared/nouns.ts';
import { runnersOf } from '../explain/findings.ts';
import { parseReference } from '../explain/reference.ts';
import { findRunner, type Operator } from '../shared/operator.ts';

export type Found =
  | { readonly kind: 'found'; readonly entry: RunnerEntry }
  | { readonly kind: 'none'; readonly because: string };

export async function findMachine(named: string, operator: Pick<Operator, 'ledger'>): Promise<Found> {
  const reference = parseReference(named);
  if (reference?.kind === 'run') return none('That is a run, which has many jobs: name one of them.');
  if (reference?.kind === 'job') {
    const entry = likeliest(await runnersOf(reference.id, operator), reference.id);
    return entry === null ? none(gone(reference.id)) : { kind: 'found', entry };
  }
  const entry = await findRunner(named, operator);
  if (entry !== null) return { kind: 'found', entry };
  return none(`There is no runner '${named}' in the ledger. What there is: npm run list`);
}

const none = (because: string): Found => ({ kind: 'none', because });

const gone = (id: JobId): string =>
  `No machine of job ${id} is there: it has none yet, or it is gone with its job. npm run explain -- ${id} says which; npm run keep, said while a job runs, or its label debug keeps one.`;

/** That which runs it, or ran it; else one that has a machine. GitHub may have given the job to another one than was launched for it. */
export function likeliest(entries: readonly RunnerEntry[], id: JobId): RunnerEntry | null {
  const rankOf = ({ busyWith, ran, instanceId }: RunnerEntry): number => {
    if (instanceId === null) return 3;
    if (busyWith === id || ran?.id === id) return 0;
    return busyWith === null && ran == null ? 1 : 2;
  };
  return [...entries].sort((a, b) => rankOf(a) - rankOf(b))[0] ?? null;
}
