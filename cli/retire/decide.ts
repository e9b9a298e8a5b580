/** What it takes to end a runner by hand: pure. The sweep does the rest, on evidence. */
import { mergeTrail } from '../../shared/ledger/amend.ts';
import type { RunnerEntry } from '../../shared/ledger/entries.ts';
import type { Job } from '../../shared/nouns.ts';

export type Retirement =
  | { readonly kind: 'retire'; readonly text: string }
  | { readonly kind: 'already'; readonly text: string }
  | { readonly kind: 'refused'; readonly because: string };

export function decideRetirement(entry: RunnerEntry, isForced: boolean): Retirement {
  const { name, state, busyWith } = entry;
  const isBusy = state === 'busy' || busyWith !== null;
  if (state === 'retiring' && !(isForced && isBusy) && entry.keep == null) {
    const text = `${name} is being retired already, because ${entry.because}. The instance is deleted as soon as that is safe.`;
    return { kind: 'already', text };
  }
  if (isBusy && !isForced) return { kind: 'refused', because: whyNot(entry) };
  return { kind: 'retire', text: `${name} is retired: ${isBusy ? WITH_ITS_JOB : WITHOUT_A_JOB}` };
}

const whyNot = ({ name, busyWith }: RunnerEntry): string =>
  `${name} runs ${busyWith === null ? 'a job' : `the job ${busyWith}`}. Cancel that at GitHub, and its runner goes by itself. To delete the instance under the job: --force; the job then fails, once GitHub has missed its runner for about ten minutes.`;

const WITH_ITS_JOB =
  'the next sweep deletes the instance under its job, which fails once GitHub has missed its runner for about ten minutes.';
const WITHOUT_A_JOB =
  'the next sweep takes it off GitHub, and the one after deletes it, unless it got a job meanwhile. A job that waits for it gets another runner.';

const ASKED = 'the operator asked for it';

/** Idle ones are unwanted, so the sweep removes the registration first and looks for a job after; by force there is no proof. `job`: what runs on it, whose history gets the bill. */
export function retiredEntry(
  entry: RunnerEntry,
  isForced: boolean,
  atMs: number,
  job: Job | null = null,
): RunnerEntry {
  const isBusy = entry.state === 'busy' || entry.busyWith !== null;
  const trail = mergeTrail(...entry.trail, { atMs, text: `retired because ${ASKED}` });
  const isLetGo = entry.keep != null;
  const asked = { ...entry, isUnwanted: true, because: ASKED, trail, ...(isLetGo ? { keep: null } : {}) };
  if (!(isBusy && isForced)) return asked;
  const ran = job?.id === entry.busyWith ? job : null;
  return { ...asked, state: 'retiring', stateAtMs: atMs, busyWith: null, for: null, ran };
}
