/** The reaper's other decisions, each as a table. */
import { describe, expect, test } from 'vitest';
import { redact } from '../../../../functions/reaper/repair/console-tail.ts';
import { decideRerun } from '../../../../functions/reaper/rounds/decide-rerun.ts';
import { decideRedeliveries } from '../../../../functions/reaper/rounds/deliveries.ts';
import { match } from '../../../../functions/reaper/survey/match.ts';
import type { JobEntry, RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { Held } from '../../../../shared/ledger/ledger.ts';
import type { JobId, JobRecord, RunId } from '../../../../shared/nouns.ts';
import type { Delivery } from '../../../../shared/ports.ts';
import { bootMaxMs } from '../../../../shared/runner/boot-max.ts';
import { cleanLines } from '../../../../shared/story/outside-text.ts';
import { build, CREATED_MS } from '../../../shared/ledger/builders.ts';
import { configOf } from '../../../world/in-process.ts';

const NOW_MS = CREATED_MS + 3_600_000;
const hold = <Entry>(entry: Entry): Held<Entry> => ({ entry, rev: 'r' });

const job = (id: number, labels = 'self-hosted aliyun arm64', some: Partial<JobEntry> = {}) =>
  hold(
    build.jobEntry(id, {
      job: build.job(id, { labels: labels.split(' '), createdAtMs: CREATED_MS + id }),
      nextTryAtMs: CREATED_MS,
      ...some,
    }),
  );

const runner = (name: number, some: Partial<RunnerEntry> = {}) =>
  hold(build.runnerEntry(name, { state: 'idle', for: null, ...some }));

describe('matching', () => {
  const meant = (id: number) => ({ for: id as JobId });
  // biome-ignore format: a table reads best as a table.
  test.each<[string, Held<JobEntry>[], Held<RunnerEntry>[], moves: string[], uncovered: number[]]>([
    ['a runner that is for a job stays so', [job(1), job(2)], [runner(1, meant(2)), runner(2, meant(1))], [], []],
    ['a runner without a job gets the oldest that it covers', [job(2), job(1)], [runner(9)], ['9→1'], [2]],
    ['an idle one is given before a booting one', [job(1)], [runner(8, { state: 'booting' }), runner(9)], ['9→1'], []],
    ['a runner whose labels do not cover is not given', [job(1, 'self-hosted aliyun arm64 16cpu')], [runner(9)], [], [1]],
    ['a runner of more labels is given', [job(1)], [runner(9, { labels: ['self-hosted', 'aliyun', 'arm64', '16cpu'] })], ['9→1'], []],
    ['the least that covers is given first', [job(1)], [runner(8, { labels: ['self-hosted', 'aliyun', 'arm64', 'x'] }), runner(9)], ['9→1'], []],
    ['a runner of another organisation is not given', [job(1)], [runner(9, { repository: 'others/app' })], [], [1]],
    ['a job that runs wants none', [job(1, undefined, { startedOn: 'x' })], [runner(9)], [], []],
    ['a runner for a job that ended goes to one that waits', [job(1)], [runner(9, meant(77))], ['9→1'], []],
    ['a launch under way is given to nobody else', [job(1)], [runner(9, { state: 'launching', ...meant(77) })], [], [1]],
    ['one runner serves one job', [job(1), job(2)], [runner(9)], ['9→1'], [2]],
  ])('%s', (_, jobs, runners, moves, uncovered) => {
    const found = match(jobs, runners, false);
    const short = (name: string) => name.split('-').at(-1);
    expect(found.moves.map((move) => `${short(move.runner.entry.name)}→${move.job}`)).toEqual(moves);
    expect(found.uncovered.map(({ entry }) => entry.job.id)).toEqual(uncovered);
  });

  test('in the scope of repositories a runner serves its own only', () => {
    const elsewhere = runner(9, { repository: 'acme/other' });
    expect(match([job(1)], [elsewhere], false).uncovered).toEqual([]);
    expect(match([job(1)], [elsewhere], true).uncovered).toHaveLength(1);
  });
});

describe('deliveries asked for again', () => {
  const delivered = (guid: string, statusCode: number, minute: number, event = 'workflow_job'): Delivery => ({
    id: `${guid}-${minute}`,
    guid,
    deliveredAtMs: CREATED_MS + minute * 60_000,
    statusCode,
    event,
    action: 'queued',
  });
  // biome-ignore format: a table reads best as a table.
  test.each<[string, Delivery[], string[]]>([
    ['what was taken is not', [delivered('a', 202, 1)], []],
    ['what timed out is', [delivered('a', 504, 1)], ['a-1']],
    ['what got no answer is', [delivered('a', 0, 1)], ['a-1']],
    ['our own refusal is not', [delivered('a', 401, 1), delivered('b', 413, 2), delivered('c', 400, 3)], []],
    ['what was taken at the second try is not', [delivered('a', 202, 3), delivered('a', 503, 1)], []],
    ['its latest attempt is named', [delivered('a', 503, 3), delivered('a', 504, 1)], ['a-3']],
    ['no more than three attempts in all', [delivered('a', 503, 5), delivered('a', 503, 3), delivered('a', 504, 1)], []],
    ['other events are not', [delivered('a', 503, 1, 'installation')], []],
    ['the oldest comes first', [delivered('b', 503, 9), delivered('a', 503, 2)], ['a-2', 'b-9']],
  ])('%s', (_, deliveries, ask) => {
    expect(decideRedeliveries(deliveries, CREATED_MS, NOW_MS).ask).toEqual(ask);
  });

  test('the cursor waits for what was asked for, and never goes back', () => {
    expect(decideRedeliveries([delivered('a', 503, 7)], CREATED_MS, NOW_MS).cursorMs).toBe(
      CREATED_MS + 7 * 60_000,
    );
    expect(decideRedeliveries([], CREATED_MS, NOW_MS).cursorMs).toBe(NOW_MS - 60_000);
    expect(decideRedeliveries([], NOW_MS, NOW_MS).cursorMs).toBe(NOW_MS);
  });
});

describe('an interrupted job is run again', () => {
  const entry = (...interrupted: number[]) => ({
    runId: 10 as RunId,
    repository: 'acme/kernel',
    installationId: 7,
    attempt: 1,
    interrupted: interrupted as JobId[],
    asked: false,
    createdAtMs: CREATED_MS,
  });
  const T0 = CREATED_MS;
  /** Its notice was seen so many minutes from the start of its run. */
  const seen = (id: number, minute: number) => ({ ...entry(id), noticedAtMs: { [id]: T0 + minute * MIN } });
  const MIN = 60_000;
  /** `at`: minutes from the start of its run at which it was made, and ended. */
  const ended = (
    id: number,
    conclusion: string,
    at?: readonly [made: number, ended: number],
    isOnRunner = true,
  ): JobRecord => ({
    job: build.job(id, at && { createdAtMs: T0 + at[0] * MIN }),
    status: 'completed',
    conclusion,
    runner: isOnRunner ? { id, name: `r-${id}` } : null,
    startedAtMs: null,
    completedAtMs: at === undefined ? null : T0 + at[1] * MIN,
  });
  const run = { attempt: 1, status: 'completed', conclusion: 'failure' };
  const cancelled = { ...run, conclusion: 'cancelled' };
  const hit = ended(1, 'failure', [0, 2]);
  // biome-ignore format: a table reads best as a table.
  test.each<[string, Parameters<typeof decideRerun>, object]>([
    ['when it alone failed', [entry(1), run, [ended(1, 'failure'), ended(2, 'success')]], { kind: 'all-failed' }],
    ['with all that were interrupted', [entry(1, 2), run, [ended(1, 'failure'), ended(2, 'cancelled')]], { kind: 'all-failed' }],
    ['alone when another failed by itself', [entry(1), run, [ended(1, 'failure'), ended(2, 'failure')]], { kind: 'one', job: 1, because: null }],
    ['not when two were, and another failed by itself', [entry(1, 2), run, [ended(1, 'failure'), ended(2, 'failure'), ended(3, 'failure')]], { kind: 'leave', isLoss: true }],
    ['not when it succeeded after all', [entry(1), run, [ended(1, 'success')]], { kind: 'leave', isLoss: false }],
    ['not before its run has ended', [entry(1), { ...run, status: 'in_progress' }, []], { kind: 'wait' }],
    ['not twice', [entry(1), { ...run, attempt: 2 }, [ended(1, 'failure')]], { kind: 'asked-before' }],
    ['not when its run is gone', [entry(1), null, []], { kind: 'leave' }],
    ['with those that fail-fast cancelled for it, running or queued', [entry(1), run, [hit, ended(2, 'cancelled', [0, 2.2]), ended(3, 'cancelled', [0, 2], false)]], { kind: 'all-failed' }],
    ['two of them, with those that fail-fast cancelled', [entry(1, 2), run, [hit, ended(2, 'failure', [0, 2.1]), ended(3, 'cancelled', [0, 2.2])]], { kind: 'all-failed' }],
    ['without what was cancelled before it', [entry(1), run, [hit, ended(2, 'cancelled', [0, 1])]], { kind: 'one', because: null }],
    ['without what was cancelled long after it', [entry(1), run, [hit, ended(2, 'cancelled', [0, 30])]], { kind: 'one' }],
    ['with what sums the matrix up, and fails with it', [entry(1), run, [hit, ended(2, 'cancelled', [0, 2.5]), ended(9, 'failure', [2.6, 3.5])]], { kind: 'all-failed' }],
    ['two of them, with what sums up a slower one, too', [entry(1, 2), run, [hit, ended(2, 'failure', [0, 3]), ended(3, 'success', [0, 30]), ended(9, 'failure', [30.1, 30.5])]], { kind: 'all-failed' }],
    ['two of them, with what sums up and was made minutes after', [entry(1, 2), run, [hit, ended(2, 'failure', [0, 3]), ended(9, 'failure', [6, 9])]], { kind: 'all-failed' }],
    ['two of them, not with one that was made while another ran', [entry(1, 2), run, [hit, ended(2, 'failure', [0, 3]), ended(3, 'success', [0, 40]), ended(9, 'failure', [30, 31])]], { kind: 'leave', isLoss: true }],
    ['two of them, not with one that was made before they ended', [entry(1, 2), run, [ended(3, 'success', [0, 0.5]), hit, ended(2, 'failure', [0, 3]), ended(9, 'failure', [0.6, 31])]], { kind: 'leave', isLoss: true }],
    ['not with a later job that failed by itself', [entry(1), run, [hit, ended(9, 'failure', [12, 15])]], { kind: 'one', because: null }],
    ['with what GitHub failed without a runner after it', [entry(1), run, [hit, ended(2, 'failure', [0, 3], false)]], { kind: 'all-failed' }],
    ['with what was skipped for it: that is in its needs', [entry(1), run, [hit, ended(2, 'skipped', [2, 2], false)]], { kind: 'all-failed' }],
    ['alone, which is told, where another failed by itself and fail-fast cancelled the rest', [entry(1), run, [hit, ended(2, 'failure', [0, 1.9]), ended(3, 'cancelled', [0, 2.1])]], { kind: 'one', because: expect.stringContaining('cancelled') }],
    ['not when a person cancelled its run after it', [entry(1), cancelled, [hit, ended(2, 'cancelled', [0, 4])]], { kind: 'leave', because: 'the run was cancelled', isLoss: false }],
    ['not when a person cancelled its run with nothing else left', [entry(1), cancelled, [hit]], { kind: 'leave', because: 'the run was cancelled' }],
    ['when it was cancelled itself, as a runner that ends in order does, and nothing else was', [entry(1), cancelled, [ended(1, 'cancelled', [0, 2]), ended(2, 'success', [0, 2])]], { kind: 'all-failed' }],
    ['when it was cancelled minutes after its notice was seen', [seen(1, 0), cancelled, [ended(1, 'cancelled', [0, 3.5])]], { kind: 'all-failed' }],
    ['not when it was cancelled before its machine told it to end: a person did', [seen(1, 0), cancelled, [ended(1, 'cancelled', [0, 1])]], { kind: 'leave', because: expect.stringContaining('was cancelled before'), isLoss: true }],
    ['not when it was cancelled before anybody saw its notice', [seen(1, 2), cancelled, [ended(1, 'cancelled', [0, 1.5])]], { kind: 'leave', isLoss: true }],
    ['when it was cancelled early, and its run failed: by fail-fast', [{ ...seen(1, 0), interrupted: [1, 2] as JobId[] }, run, [ended(1, 'cancelled', [0, 1]), ended(2, 'failure', [0, 0.9])]], { kind: 'all-failed' }],
    ['not when it was cancelled with others', [entry(1), cancelled, [ended(1, 'cancelled', [0, 2]), ended(2, 'cancelled', [0, 2])]], { kind: 'leave', because: 'the run was cancelled' }],
    ['not when a newer run has taken its place', [entry(1), run, [hit], true], { kind: 'leave', because: expect.stringContaining('newer run'), isLoss: true }],
    ['again in its second attempt', [{ ...entry(1), attempt: 2 }, { ...run, attempt: 2 }, [hit]], { kind: 'all-failed' }],
    ['not for ever', [{ ...entry(1), attempt: 5 }, { ...run, attempt: 5 }, [hit]], { kind: 'leave', isLoss: true }],
  ])('%s', (_, given, expected) => {
    expect(decideRerun(...given)).toMatchObject(expected);
  });
});

test('a console keeps its last lines, and nothing that looks like a secret', () => {
  const jit = 'eyJ'.padEnd(400, 'aB3+/');
  const text = redact(
    `${'old line\n'.repeat(2_000)}JIT ${jit}\nAuthorization: Bearer ghs_abc\ntoken=AAAAB3\npassword: "hunter2"\nbootstrap failed\n`,
  );
  expect(text.length).toBeLessThanOrEqual(2_000);
  expect(text.endsWith('bootstrap failed\n')).toBe(true);
  for (const secret of [jit.slice(0, 60), 'ghs_abc', 'AAAAB3', 'hunter2']) expect(text).not.toContain(secret);
  expect(redact('bootstrap failed\n')).toBe('bootstrap failed\n');
});

test.each([
  ['Err:1 http://ci:s3cr%40t@10.0.0.9:3128 407 Proxy Authentication Required', '10.0.0.9:3128'],
  [
    "fatal: unable to access 'https://x-access-token:s3cr%40t@github.com/acme/app/': 403",
    'github.com/acme/app/',
  ],
])('nor the password in an address: of the proxy, or of a repository', (line, left) => {
  expect(redact(`${line}\n`)).not.toContain('s3cr');
  expect(redact(`${line}\n`)).toContain(left);
  expect(cleanLines(line).join()).not.toContain('s3cr');
  expect(redact('npm error https://npm.example.org/@acme/app')).toContain('npm.example.org/@acme/app');
});

test('a public image boots within ten minutes, one of the operator’s within fifteen', () => {
  const config = configOf({
    images: {
      arm64: { family: 'acs:ubuntu_24_04_arm64' },
      amd64: { family: 'ours' },
      own: { id: 'm-abc12345', arch: 'arm64' },
    },
  });
  expect([bootMaxMs('arm64', config), bootMaxMs('amd64', config), bootMaxMs('own', config)]).toEqual([
    600_000, 900_000, 900_000,
  ]);
});
