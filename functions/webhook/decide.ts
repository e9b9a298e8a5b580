/** What a delivery asks of us. Pure. */
import { encodeEvent, type Parsed, whyTooLarge } from '../../shared/job/event.ts';
import { hasBaseLabels, whyNotAllowed } from '../../shared/job/labels.ts';
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
  const because = whyTooLarge(event.job);
  if (event.kind === 'queued')
    return because === null ? { kind: 'launch', event } : { kind: 'refuse', because };
  // What a runner of ours is given, its owner must hear of, whatever its author wrote: by its labels nobody judges it then.
  const fitting = because === null ? event : { ...event, job: { ...event.job, labels: [] } };
  // That the receiver can read all that passed the form of a delivery is proven in the tests: nobody asks for it again.
  return encodeEvent(fitting) === null
    ? { kind: 'refuse', because: 'the names in it are too long to hand on' }
    : { kind: 'reap', event: fitting };
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
