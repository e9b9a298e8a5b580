/** What a story asks of GitHub's check runs. */
import type { Target } from '../nouns.ts';

/** What we say of one attempt of a run, on its commit. */
export interface CheckRun {
  readonly headSha: string;
  /** GitHub shows one of each name. */
  readonly name: string;
  /** Tells it from all others that we made, for ever. */
  readonly externalId: string;
  readonly detailsUrl: string;
  /** Plain text. */
  readonly title: string;
  /** Markdown; at most 65,535 characters. */
  readonly summary: string;
}

export type CheckOutcome = { readonly kind: 'written'; readonly checkId: number } | CheckRefusal;

/** `unseen`: a whole list of the commit's checks lacks it. Lists may lag, or lie for once: that proves nothing by itself. */
export type CheckSight =
  | { readonly kind: 'seen'; readonly checkId: number }
  | { readonly kind: 'unseen' }
  | CheckRefusal;

export type CheckRefusal =
  /** The App may not write checks there: nothing is told, and nothing else is the worse for it. */
  | { readonly kind: 'not-permitted'; readonly because: string }
  | { readonly kind: 'throttled'; readonly retryAtMs: number }
  /** This one cannot be, or not so. `isGone`: its commit or repository is, or it was deleted. */
  | { readonly kind: 'refused'; readonly because: string; readonly isGone: boolean };

export interface CheckRuns {
  /** One that we made before, by its external id. */
  findCheck(target: Target, repository: string, check: CheckRun): Promise<CheckSight>;
  /** `checkId` null: makes one, whatever is there. Where it throws, it may have been made or changed. */
  writeCheck(
    target: Target,
    repository: string,
    check: CheckRun,
    checkId: number | null,
  ): Promise<CheckOutcome>;
}
