/**
 * What is with a job, in a sentence or two: pure. Made here for everybody who tells it: `explain` in a terminal, the
 * check on a commit.
 */

import type { JobEntry, RerunEntry, RunnerEntry } from '../ledger/entries.ts';
import { isEnd } from '../ledger/history.ts';
import type { HistoryRow } from '../ledger/history-row.ts';
import { isRunnerName } from '../names.ts';
import type { Candidate, JobState } from '../nouns.ts';
import { formatPrice } from './format.ts';

export interface JobDescription {
  readonly state: JobState;
  readonly text: string;
}

export interface JobFacts {
  readonly entry: JobEntry | null;
  readonly row: HistoryRow | null;
  /** Those that were launched for it, are meant for it, or run it. */
  readonly runners: readonly RunnerEntry[];
  readonly rerun: RerunEntry | null;
  /** How many jobs get a runner before it; null: it stands in no line, or nobody looked. */
  readonly ahead: number | null;
}

/** For whom it is said. A terminal is read now; a page is read at any time, and perhaps by anybody. */
export interface Audience {
  /** `name:` of runners.yaml */
  readonly deployment: string;
  readonly currency: string | null;
  /** True: no money, and nothing of the account. */
  readonly isPublic: boolean;
  /** `for 40 s now`, `since 10:03 UTC` */
  readonly since: (ms: number) => string;
  /** A whole sentence: when the next try is. */
  readonly next: (ms: number) => string;
}

/** Null: neither ledger nor history knows it. What was refused or given up may be back: while it is alive, that counts. */
export function describeJob(known: JobFacts, how: Audience): JobDescription | null {
  const { row, entry } = known;
  const outcome = row?.outcome ?? null;
  if (entry !== null && !isEnd(outcome)) return alive(entry, known, how);
  if (row === null || outcome === null) return null;
  if (outcome === 'refused') return describeRefusal(row.because ?? '');
  return { state: 'ended', text: ended(row, outcome, known, how) };
}

/** A reason may end in a question. */
const sentence = (text: string): string => (text.endsWith('?') ? text : `${text}.`);

export const describeRefusal = (because: string): JobDescription => ({
  state: 'refused',
  text: sentence(`It was refused because ${because}`),
});

function ended(
  row: HistoryRow,
  outcome: string,
  { rerun }: JobFacts,
  { deployment, isPublic }: Audience,
): string {
  const { runnerName, instanceType, zone } = row;
  if (outcome === 'expired') return givenUp(row, isPublic);
  const verb = outcome === 'success' ? 'succeeded' : `ended with '${outcome}'`;
  if (runnerName === null) return `It ${verb} before any runner took it.`;
  const place = instanceType === null ? '' : ` (${instanceType} in ${zone})`;
  const whose = isRunnerName(deployment, runnerName) ? '' : ', which is none of our runners';
  const because =
    outcome !== 'success' && row.because !== null && !isPublic ? `, because ${row.because}` : '';
  const again = rerun?.interrupted.includes(row.job.id) ? ` ${rerunOf(rerun)}` : '';
  return `It ${verb} on ${runnerName}${place}${whose}${because}.${again}`;
}

const givenUp = ({ because }: HistoryRow, isPublic: boolean): string =>
  isPublic || because === null ? 'It was given up.' : sentence(`It was given up, because ${because}`);

function rerunOf({ asked, because }: RerunEntry): string {
  if (!asked) return 'When its run has ended, GitHub is asked to run it again.';
  if (because !== undefined) return `What was interrupted is not all run again because ${because}.`;
  return 'Its run was decided on: GitHub was asked to run it again.';
}

function alive(entry: JobEntry, known: JobFacts, how: Audience): JobDescription {
  const { runners } = known;
  if (entry.startedOn !== null)
    return { state: 'runs', text: lostOn(entry.startedOn, known, how) ?? runsOn(entry, known, how) };
  const coming = runners.find((runner) => runner.for === entry.job.id && runner.state !== 'retiring');
  if (coming?.state === 'launching' && entry.failure)
    return { state: 'waits', text: failed(entry, entry.failure, how) };
  if (coming !== undefined && coming.state !== 'busy') return { state: 'coming', text: comes(coming, how) };
  return { state: 'waits', text: waits(entry, known, how) };
}

function waits(
  { because, nextTryAtMs, held }: JobEntry,
  { ahead }: JobFacts,
  { isPublic, next }: Audience,
): string {
  const why = isPublic ? 'It waits for a runner.' : `It waits because ${because}.`;
  // Its time is hours off, and only in case no event comes.
  const when = held == null ? next(nextTryAtMs) : 'It gets a runner as soon as GitHub seems to let it run.';
  return [why, ...(ahead === null ? [] : [placeOf(ahead)]), when].join(' ');
}

/** Its runner's entry stands for nothing until the sweep has looked for what the launch left. */
function failed({ nextTryAtMs }: JobEntry, failure: string, { isPublic, next }: Audience): string {
  return `${isPublic ? 'Its launch failed.' : sentence(`Its launch failed: ${failure}`)} ${next(nextTryAtMs)}`;
}

function placeOf(ahead: number): string {
  if (ahead === 0) return 'It is first in line.';
  return ahead === 1 ? '1 job is ahead of it.' : `${ahead} jobs are ahead of it.`;
}

/** Ours, and not there any more: null while it may be. */
function lostOn(name: string, { runners }: JobFacts, { deployment }: Audience): string | null {
  const isThere = runners.some((runner) => runner.name === name && runner.state !== 'retiring');
  if (isThere || !isRunnerName(deployment, name)) return null;
  return `It was given to ${name}, which is gone or going. If the job had not ended, GitHub notices within about ten minutes, and the job fails.`;
}

function runsOn({ startedOn, startedAtMs }: JobEntry, { runners }: JobFacts, how: Audience): string {
  const machine = runners.find(({ name }) => name === startedOn)?.candidate ?? null;
  return describeRunning(startedOn ?? '', startedAtMs, machine, how);
}

export function describeRunning(
  name: string,
  sinceMs: number | null,
  machine: Candidate | null,
  how: Audience,
): string {
  const since = sinceMs === null ? '' : ` ${how.since(sinceMs)}`;
  const whose = isRunnerName(how.deployment, name)
    ? ''
    : ', which is none of our runners: GitHub gives a job to any runner whose labels cover it';
  return `It runs on ${name}${machineOf(machine, how)}${since}${whose}.`;
}

function machineOf(machine: Candidate | null, { currency, isPublic }: Audience): string {
  if (machine === null) return '';
  const { instanceType, zone, capacityType, pricePerHour } = machine;
  const price =
    pricePerHour === null || isPublic
      ? ''
      : `, ${capacityType} at ${formatPrice(pricePerHour, machine.currency ?? currency)} an hour`;
  return ` (${instanceType} in ${zone}${price})`;
}

function comes({ name, state, stateAtMs, candidate }: RunnerEntry, { since }: Audience): string {
  const place = candidate === null ? '' : ` (${candidate.instanceType} in ${candidate.zone})`;
  const span = since(stateAtMs);
  return {
    launching: `Its runner ${name} is being launched, ${span}.`,
    booting: `Its runner ${name}${place} is booting, ${span}.`,
    idle: `Its runner ${name}${place} has been online ${span}; GitHub has not handed the job over yet.`,
    busy: '',
    retiring: '',
  }[state];
}
