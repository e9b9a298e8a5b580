/** The answer to "what is with this job?", in a sentence or two: pure. */
import type { JobRecord, JobState } from '../../shared/nouns.ts';
import { type Audience, describeJob, describeRunning } from '../../shared/story/describe-job.ts';
import { formatDuration } from '../../shared/story/format.ts';
import { lateSweep } from '../list/table.ts';
import { formatTimeAndDistance } from '../shared/format.ts';
import type { Findings } from './findings.ts';

export interface Answer {
  readonly state: JobState | 'not-acted-on' | 'unheard' | 'unknown';
  readonly text: string;
  /** What to do about it, if there is something. */
  readonly advice: string | null;
}

export function answerOn(findings: Findings, deployment: string): Answer {
  const how = inTerminal(findings, deployment);
  const said = describeJob({ ...findings, ahead: null }, how);
  return said === null ? withoutUs(findings, how) : { ...said, advice: adviceOn(said.state, findings) };
}

/** It is read now. */
function inTerminal({ nowMs, currency }: Findings, deployment: string): Audience {
  return {
    ...{ deployment, currency, isPublic: false },
    since: (ms) => `for ${formatDuration(nowMs - ms)} now`,
    next: (ms) =>
      ms <= nowMs
        ? 'It is due: the next sweep tries again.'
        : `The next try is due ${formatTimeAndDistance(ms, nowMs)}.`,
  };
}

/** So late that the sweep itself is in doubt. */
const OVERDUE_MS = 3 * 60_000;

function adviceOn(
  state: Answer['state'],
  { entry, row, objection, sweptAtMs, nowMs }: Findings,
): string | null {
  if (entry === null && row?.outcome === 'expired')
    return 'If GitHub still shows it: cancel its run there, and run it again if it is still wanted.';
  if (state === 'refused')
    return (
      objection?.advice ??
      'By the runners.yaml of here it would be accepted now: cancel it at GitHub, and run it again.'
    );
  if (state === 'waits' && entry?.failure) return 'Look for what is wrong: npm run doctor';
  const isLate = state === 'waits' && nowMs - (entry?.nextTryAtMs ?? nowMs) > OVERDUE_MS;
  return isLate ? (lateSweep({ sweptAtMs, atMs: nowMs })[0] ?? null) : null;
}

/** Neither alive nor ended in our books: GitHub's word, and why we do not act on it. */
function withoutUs(findings: Findings, how: Audience): Answer {
  const { id, record, objection, gitHubFailed } = findings;
  if (record?.status === 'completed') return endedWithoutUs(record, findings);
  if (objection !== null) {
    const text = `We do not act on it because ${objection.because}.`;
    return { state: 'not-acted-on', text, advice: objection.advice };
  }
  if (record === null) return unknown(id, gitHubFailed, findings.job !== null);
  const { status, runner, startedAtMs } = record;
  if (status === 'in_progress' && runner !== null)
    return { state: 'runs', text: describeRunning(runner.name, startedAtMs, null, how), advice: null };
  return unheard(findings);
}

function endedWithoutUs({ runner, conclusion }: JobRecord, { objection }: Findings): Answer {
  const where = runner === null ? 'before any runner took it' : `on ${runner.name}`;
  const text = `It ended with '${conclusion}' ${where}. Our history has nothing of it.`;
  const advice = objection === null ? null : `We did not act on it because ${objection.because}.`;
  return { state: 'ended', text, advice };
}

function unknown(id: number, failed: string | null, hasJob: boolean): Answer {
  if (failed !== null)
    return {
      state: 'unknown',
      text: `Our ledger has nothing of job ${id}, and GitHub could not be asked: ${failed}.`,
      advice: 'Look: npm run doctor',
    };
  if (hasJob) return { state: 'unknown', text: 'GitHub does not know it any more.', advice: null };
  return {
    state: 'unknown',
    text: `Neither our ledger nor the repositories that we know have a job ${id}.`,
    advice:
      "Give the job's address: open it at GitHub, and copy https://github.com/OWNER/REPO/actions/runs/RUN/job/JOB.",
  };
}

function unheard({ deliveries, sweptAtMs, nowMs }: Findings): Answer {
  const delivery = deliveries.found.find(({ action }) => action === 'queued');
  const [late] = lateSweep({ sweptAtMs, atMs: nowMs });
  if (delivery === undefined)
    return {
      state: 'unheard',
      text: 'It is queued at GitHub, and no delivery told us of it. The sweep looks for such jobs each minute, and takes one that is 90 seconds old.',
      advice:
        late ?? 'If that does not happen: is the App installed there, and its webhook active? npm run doctor',
    };
  const because =
    delivery.statusCode >= 500 || delivery.statusCode === 0
      ? 'our webhook did not take its delivery'
      : `our webhook answered ${delivery.statusCode} to its delivery, and nothing of it is in the ledger yet`;
  return {
    state: 'unheard',
    text: `It is queued at GitHub; ${because}. The sweep asks for lost deliveries again, and looks for such jobs each minute.`,
    advice: late ?? null,
  };
}
