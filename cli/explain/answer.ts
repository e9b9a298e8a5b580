/** The answer to "what is with this job?", in a sentence or two: pure. */
import type { HistoryRow, JobEntry, RunnerEntry } from '../../shared/ledger/entries.ts';
import { isRunnerName } from '../../shared/names.ts';
import type { JobRecord } from '../../shared/nouns.ts';
import { lateSweep } from '../list/table.ts';
import { formatDuration, formatTime, formatTimeAndDistance } from '../shared/format.ts';
import type { Findings } from './findings.ts';

export interface Answer {
  readonly state: 'waits' | 'coming' | 'runs' | 'ended' | 'refused' | 'not-acted-on' | 'unheard' | 'unknown';
  readonly text: string;
  /** What to do about it, if there is something. */
  readonly advice: string | null;
}

export function answerOn(findings: Findings, deployment: string): Answer {
  const { row, entry } = findings;
  if (row !== null && row.outcome !== null && row.outcome !== 'refused')
    return ended(row, row.outcome, findings, deployment);
  if (entry !== null) return alive(entry, findings, deployment);
  if (row?.outcome === 'refused') return refused(row, findings);
  return withoutUs(findings, deployment);
}

/** A reason may end in a question. */
const sentence = (text: string): string => (text.endsWith('?') ? text : `${text}.`);

/** So late that the sweep itself is in doubt. */
const OVERDUE_MS = 3 * 60_000;

function ended(row: HistoryRow, outcome: string, { rerun }: Findings, deployment: string): Answer {
  const { runnerName, instanceType, zone } = row;
  const verb = outcome === 'success' ? 'succeeded' : `ended with '${outcome}'`;
  if (runnerName === null)
    return { state: 'ended', text: `It ${verb} before any runner took it.`, advice: null };
  const place = instanceType === null ? '' : ` (${instanceType} in ${zone})`;
  const whose = isRunnerName(deployment, runnerName) ? '' : ', which is none of our runners';
  const because = outcome !== 'success' && row.because !== null ? `, because ${row.because}` : '';
  const again = rerun?.interrupted.includes(row.job.id) ? ` ${rerunOf(rerun.asked)}` : '';
  return {
    state: 'ended',
    text: `It ${verb} on ${runnerName}${place}${whose}${because}.${again}`,
    advice: null,
  };
}

const rerunOf = (isDecided: boolean): string =>
  isDecided
    ? 'Its run was decided on: what GitHub was asked to run again goes off spot.'
    : 'When its run has ended, GitHub is asked to run it again, off spot.';

function refused({ because }: HistoryRow, { objection }: Findings): Answer {
  const advice =
    objection?.advice ??
    'By the runners.yaml of here it would be accepted now: cancel it at GitHub, and run it again.';
  return { state: 'refused', text: sentence(`It was refused because ${because}`), advice };
}

function alive(entry: JobEntry, findings: Findings, deployment: string): Answer {
  const { nowMs, runners } = findings;
  if (entry.startedOn !== null)
    return (
      isLost(entry.startedOn, findings, deployment) ??
      runs(entry.startedOn, entry.startedAtMs, nowMs, deployment)
    );
  const coming = runners.find((runner) => runner.for === entry.job.id && runner.state !== 'retiring');
  if (coming !== undefined && coming.state !== 'busy') return comes(coming, nowMs);
  const { nextTryAtMs } = entry;
  const next =
    nextTryAtMs <= nowMs
      ? 'It is due: the next sweep tries again.'
      : `The next try is due ${formatTimeAndDistance(nextTryAtMs, nowMs)}.`;
  const [late] =
    nowMs - nextTryAtMs > OVERDUE_MS ? lateSweep({ sweptAtMs: findings.sweptAtMs, atMs: nowMs }) : [];
  return { state: 'waits', text: `It waits because ${entry.because}. ${next}`, advice: late ?? null };
}

/** Ours, and not there any more: null while it may be. */
function isLost(name: string, { runners }: Findings, deployment: string): Answer | null {
  const isThere = runners.some((runner) => runner.name === name && runner.state !== 'retiring');
  if (isThere || !isRunnerName(deployment, name)) return null;
  const text = `It was given to ${name}, which is gone or going. If the job had not ended, GitHub notices within about ten minutes, and the job fails.`;
  return { state: 'runs', text, advice: null };
}

function runs(name: string, sinceMs: number | null, nowMs: number, deployment: string): Answer {
  const since = sinceMs === null ? '' : ` since ${formatTime(sinceMs, nowMs)}`;
  const whose = isRunnerName(deployment, name)
    ? ''
    : ', which is none of our runners: GitHub gives a job to any runner whose labels cover it';
  return { state: 'runs', text: `It runs on ${name}${since}${whose}.`, advice: null };
}

function comes({ name, state, stateAtMs, candidate }: RunnerEntry, nowMs: number): Answer {
  const span = formatDuration(nowMs - stateAtMs);
  const place = candidate === null ? '' : ` (${candidate.instanceType} in ${candidate.zone})`;
  const text = {
    launching: `Its runner ${name} is being launched, for ${span} now.`,
    booting: `Its runner ${name}${place} is booting, for ${span} now.`,
    idle: `Its runner ${name}${place} has been online for ${span}; GitHub has not handed the job over yet.`,
    busy: '',
    retiring: '',
  }[state];
  return { state: 'coming', text, advice: null };
}

/** Neither alive nor ended in our books: GitHub's word, and why we do not act on it. */
function withoutUs(findings: Findings, deployment: string): Answer {
  const { id, record, objection, gitHubFailed } = findings;
  if (record?.status === 'completed') return endedWithoutUs(record, findings);
  if (objection !== null) {
    const text = `We do not act on it because ${objection.because}.`;
    return { state: 'not-acted-on', text, advice: objection.advice };
  }
  if (record === null) return unknown(id, gitHubFailed, findings.job !== null);
  const { status, runner, startedAtMs } = record;
  if (status === 'in_progress' && runner !== null)
    return runs(runner.name, startedAtMs, findings.nowMs, deployment);
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
