/** What a delivery asks of us. Pure. */
import { encodeEvent, type Parsed } from '../../shared/job/event.ts';
import { hasBaseLabels, whyNotAllowed } from '../../shared/job/labels.ts';
import { LABELS_MAX } from '../../shared/limits.ts';
import { isRunnerName } from '../../shared/names.ts';
import type { Job, JobEvent } from '../../shared/nouns.ts';

/** The piece of `runners.yaml` that decides here. */
export interface Rules {
  /** `name:`; our runners are called `{name}-runner-…` */
  readonly name: string;
  readonly baseLabels: readonly string[];
  readonly repositories: { readonly allow: readonly string[]; readonly public: 'refuse' | 'allow' };
}

export type Decision =
  | { readonly kind: 'launch'; readonly event: JobEvent }
  | { readonly kind: 'reap'; readonly event: JobEvent }
  /** Somebody else's, or nothing to do. */
  | { readonly kind: 'ignore'; readonly because: string }
  /** It asks for us, and the operator or we cannot have it. */
  | { readonly kind: 'refuse'; readonly because: string }
  | { readonly kind: 'reject'; readonly because: string };

export function decide(parsed: Parsed, rules: Rules): Decision {
  switch (parsed.kind) {
    case 'malformed':
      return { kind: 'reject', because: parsed.because };
    case 'nothing':
      return { kind: 'ignore', because: parsed.because };
    case 'event':
      return parsed.isGated
        ? { kind: 'ignore', because: 'the job waits for its environment; GitHub tells again when it may run' }
        : decideEvent(parsed.event, rules);
  }
}

function decideEvent(event: JobEvent, rules: Rules): Decision {
  // GitHub may give our runner any job that its labels cover, also one that never asked for us.
  const isOnOurRunner = event.kind !== 'queued' && isOurs(event.runner?.name, rules);
  const objection = isOnOurRunner ? null : objectionTo(event.job, rules);
  if (objection !== null) return objection;
  if (event.job.labels.length > LABELS_MAX)
    return { kind: 'refuse', because: `the job has more than ${LABELS_MAX} labels` };
  // That the receiver can read all that passed the form of a delivery is proven in the tests: nobody asks for it again.
  if (encodeEvent(event) === null)
    return { kind: 'refuse', because: 'the labels of the job are too long to hand on' };
  switch (event.kind) {
    case 'queued':
      return { kind: 'launch', event };
    case 'in_progress':
    case 'completed':
      return { kind: 'reap', event };
  }
}

function objectionTo(job: Job, rules: Rules): Decision | null {
  if (!hasBaseLabels(job.labels, rules.baseLabels))
    return { kind: 'ignore', because: 'the job does not ask for all our base labels' };
  const because = whyNotAllowed(job, rules);
  return because === null ? null : { kind: 'refuse', because };
}

function isOurs(runnerName: string | undefined, rules: Rules): boolean {
  return runnerName !== undefined && isRunnerName(rules.name, runnerName);
}
