/** What an operator may paste: a job's URL as GitHub shows it, or its id. Pure. */
import type { JobId, RunId } from '../../shared/nouns.ts';

export type Reference =
  | { readonly kind: 'job'; readonly id: JobId; readonly repository: string | null }
  /** A run has many jobs. */
  | { readonly kind: 'run'; readonly id: RunId; readonly repository: string };

const REPOSITORY = /^\/([\w.-]+\/[\w.-]+)/.source;
/** `…/actions/runs/RUN/job/JOB`, with an attempt or not; `…/runs/JOB` is the old form of checks. */
const JOB_PATHS = [
  new RegExp(`${REPOSITORY}/actions/runs/\\d+(?:/attempts/\\d+)?/jobs?/(\\d+)/?$`),
  new RegExp(`${REPOSITORY}/runs/(\\d+)/?$`),
];
const RUN_PATH = new RegExp(`${REPOSITORY}/actions/runs/(\\d+)(?:/attempts/\\d+)?/?$`);

/** Null: neither. */
export function parseReference(text: string): Reference | null {
  const plain = text.trim();
  if (/^\d{1,15}$/.test(plain)) return { kind: 'job', id: Number(plain) as JobId, repository: null };
  if (!/^https?:\/\//.test(plain) || !URL.canParse(plain)) return null;
  const { pathname } = new URL(plain);
  for (const path of JOB_PATHS) {
    const [, repository, id] = path.exec(pathname) ?? [];
    if (repository !== undefined) return { kind: 'job', id: Number(id) as JobId, repository };
  }
  const [, repository, id] = RUN_PATH.exec(pathname) ?? [];
  return repository === undefined ? null : { kind: 'run', id: Number(id) as RunId, repository };
}
