/** What is said of a job, for a page that is read later: a sentence for each way it may stand. */

import { describe, expect, test } from 'vitest';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { HistoryRow } from '../../../shared/ledger/history-row.ts';
import type { Candidate, JobId, RunId } from '../../../shared/nouns.ts';
import { costOf, formatCost } from '../../../shared/story/cost.ts';
import { type Audience, describeJob, type JobFacts } from '../../../shared/story/describe-job.ts';
import { build, CREATED_MS } from '../ledger/builders.ts';

const PAGE: Audience = {
  ...{ deployment: 'ci', currency: 'CNY', isPublic: false },
  since: (ms) => `since ${ms - CREATED_MS}`,
  next: (ms) => `Next at ${ms - CREATED_MS}.`,
};
const OPEN_PAGE = { ...PAGE, isPublic: true };
const NAME = build.runnerName('1-1');
const MACHINE = {
  ...{ instanceType: 'ecs.c8y.2xlarge', zone: 'cn-hangzhou-k', capacityType: 'spot' },
  ...{ pricePerHour: 0.31, onDemandPricePerHour: 1.0677 },
} as Candidate;

const waiting = (some: Partial<JobEntry> = {}): Partial<JobFacts> => ({
  entry: build.jobEntry(1, { because: 'all 100 runners are in use', nextTryAtMs: CREATED_MS + 7, ...some }),
});
const started = (on: string): Partial<JobFacts> => waiting({ startedOn: on, startedAtMs: CREATED_MS + 5 });
const runner = (some: Partial<RunnerEntry>): Pick<JobFacts, 'runners'> => ({
  runners: [
    build.runnerEntry('1-1', { candidate: MACHINE, stateAtMs: CREATED_MS + 3, for: 1 as JobId, ...some }),
  ],
});
const row = (some: Partial<HistoryRow>): Partial<JobFacts> => ({
  row: { job: build.job(1), outcome: 'success', because: null, runnerName: null, ...some } as HistoryRow,
});
const onMachine = { runnerName: NAME, instanceType: 'ecs.c8y.2xlarge', zone: 'cn-hangzhou-k' };
const rerun = (asked: boolean): Partial<JobFacts> => ({
  rerun: {
    ...{ runId: 10 as RunId, repository: 'acme/kernel', installationId: 7, attempt: 1 },
    ...{ interrupted: [1 as JobId], asked, createdAtMs: CREATED_MS },
  },
});

// biome-ignore format: a table reads best as a table.
const SAID: readonly [state: string, text: string, facts: Partial<JobFacts>][] = [
  ['waits', 'It waits because all 100 runners are in use. Next at 7.', waiting()],
  ['waits', 'It waits because all 100 runners are in use. It is first in line. Next at 7.', { ...waiting(), ahead: 0 }],
  ['waits', 'It waits because all 100 runners are in use. 1 job is ahead of it. Next at 7.', { ...waiting(), ahead: 1 }],
  ['waits', 'It waits because all 100 runners are in use. 41 jobs are ahead of it. Next at 7.', { ...waiting(), ahead: 41 }],
  ['waits', 'It waits because all 100 runners are in use. It gets a runner as soon as GitHub seems to let it run.', waiting({ held: { by: 'matrix', width: 2, sinceMs: 3 } })],
  ['coming', `Its runner ${NAME} is being launched, since 3.`, { ...waiting(), ...runner({ state: 'launching', candidate: null }) }],
  ['coming', `Its runner ${NAME} (ecs.c8y.2xlarge in cn-hangzhou-k) is booting, since 3.`, { ...waiting(), ...runner({ state: 'booting' }) }],
  ['coming', `Its runner ${NAME} (ecs.c8y.2xlarge in cn-hangzhou-k) has been online since 3; GitHub has not handed the job over yet.`, { ...waiting(), ...runner({ state: 'idle' }) }],
  ['waits', 'It waits because all 100 runners are in use. Next at 7.', { ...waiting(), ...runner({ state: 'retiring' }) }],
  ['runs', `It runs on ${NAME} (ecs.c8y.2xlarge in cn-hangzhou-k, spot at CNY 0.31 an hour) since 5.`, { ...started(NAME), ...runner({ state: 'busy' }) }],
  ['runs', 'It runs on their-mac since 5, which is none of our runners: GitHub gives a job to any runner whose labels cover it.', started('their-mac')],
  ['runs', `It was given to ${NAME}, which is gone or going. If the job had not ended, GitHub notices within about ten minutes, and the job fails.`, started(NAME)],
  ['ended', `It succeeded on ${NAME} (ecs.c8y.2xlarge in cn-hangzhou-k).`, row(onMachine)],
  ['ended', `It ended with 'failure' on ${NAME} (ecs.c8y.2xlarge in cn-hangzhou-k), because its spot instance was taken back. When its run has ended, GitHub is asked to run it again.`, { ...row({ ...onMachine, outcome: 'failure', because: 'its spot instance was taken back' }), ...rerun(false) }],
  ['ended', `It ended with 'failure' on ${NAME} (ecs.c8y.2xlarge in cn-hangzhou-k). Its run was decided on: GitHub was asked to run it again.`, { ...row({ ...onMachine, outcome: 'failure' }), ...rerun(true) }],
  ['ended', "It ended with 'cancelled' before any runner took it.", row({ outcome: 'cancelled' })],
  ['refused', "It was refused because the label '8cup' is not understood; is '8cpu' meant?", row({ outcome: 'refused', because: "the label '8cup' is not understood; is '8cpu' meant?" })],
  ['refused', 'It was refused because it names no architecture.', row({ outcome: 'refused', because: 'it names no architecture' })],
  ['waits', 'It waits because all 100 runners are in use. Next at 7.', { ...waiting(), ...row({ outcome: 'refused', because: 'mended since' }) }],
  ['ended', 'It was given up, because its repository is gone.', row({ outcome: 'expired', because: 'its repository is gone' })],
  ['waits', 'It waits because all 100 runners are in use. Next at 7.', { ...waiting(), ...row({ outcome: 'expired', because: 'its repository was gone' }) }],
  ['runs', `It runs on ${NAME} (ecs.c8y.2xlarge in cn-hangzhou-k, spot at CNY 0.31 an hour) since 5.`, { ...started(NAME), ...runner({ state: 'busy' }), ...row({ outcome: 'expired' }) }],
  ['ended', `It succeeded on ${NAME} (ecs.c8y.2xlarge in cn-hangzhou-k).`, { ...started(NAME), ...row(onMachine) }],
];

const NONE: JobFacts = { entry: null, row: null, runners: [], rerun: null, ahead: null };

test.each(SAID)('%s: %s', (state, text, facts) => {
  expect(describeJob({ ...NONE, ...facts }, PAGE)).toEqual({ state, text });
});

test('of what nobody knows, nothing is said', () => {
  expect(describeJob(NONE, PAGE)).toBeNull();
  expect(describeJob({ ...NONE, ...row({ outcome: null }) }, PAGE)).toBeNull();
});

describe('where anybody can read', () => {
  const said = (facts: Partial<JobFacts>) => describeJob({ ...NONE, ...facts }, OPEN_PAGE)?.text;

  test('a wait has its place, and not its reason, which may be of the account', () => {
    const arrears = waiting({ because: 'Alibaba Cloud refuses every launch (NotEnoughBalance): top up' });
    expect(said({ ...arrears, ahead: 2 })).toBe('It waits for a runner. 2 jobs are ahead of it. Next at 7.');
  });

  test('a machine has no price', () => {
    expect(said({ ...started(NAME), ...runner({ state: 'busy' }) })).toBe(
      `It runs on ${NAME} (ecs.c8y.2xlarge in cn-hangzhou-k) since 5.`,
    );
  });

  test('a refusal is told in full: only its author can mend it', () => {
    expect(said(row({ outcome: 'refused', because: "'8cup' is not understood" }))).toMatch(/'8cup'/);
  });
});

test('a bill is from the launch to the end of the machine, beside what pay-as-you-go would have cost', () => {
  const ran = { launchedAtMs: CREATED_MS, goneAtMs: CREATED_MS + 1_800_000 };
  const { row: billed } = row({ ...onMachine, ...ran, pricePerHour: 0.31, onDemandPricePerHour: 1 });
  const cost = costOf({ row: billed ?? null, runners: [] }, CREATED_MS + 9_000_000);
  if (cost === null) throw new Error('no cost');
  expect(formatCost(cost, 'CNY')).toBe(
    'about CNY 0.15 (CNY 0.31 an hour for 30 min; pay-as-you-go CNY 0.50), without disk and traffic',
  );
});
