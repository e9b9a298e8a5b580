/** The reaper's other decisions, each as a table. */
import { describe, expect, test } from 'vitest';
import { redact } from '../../../../functions/reaper/repair/console-tail.ts';
import { decideRedeliveries } from '../../../../functions/reaper/rounds/deliveries.ts';
import { behindSince } from '../../../../functions/reaper/rounds/release.ts';
import { decideRerun } from '../../../../functions/reaper/rounds/reruns.ts';
import { match } from '../../../../functions/reaper/survey/match.ts';
import type { JobEntry, RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { Held } from '../../../../shared/ledger/ledger.ts';
import type { JobId, JobRecord, RunId } from '../../../../shared/nouns.ts';
import type { Delivery } from '../../../../shared/ports.ts';
import { bootMaxMs } from '../../../../shared/runner/boot-max.ts';
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
  const ended = (id: number, conclusion: string): JobRecord => ({
    job: build.job(id),
    status: 'completed',
    conclusion,
    runner: null,
    startedAtMs: null,
    completedAtMs: null,
  });
  const run = { attempt: 1, status: 'completed' };
  // biome-ignore format: a table reads best as a table.
  test.each<[string, Parameters<typeof decideRerun>, object]>([
    ['when it alone failed', [entry(1), run, [ended(1, 'failure'), ended(2, 'success')]], { kind: 'all-failed' }],
    ['with all that were interrupted', [entry(1, 2), run, [ended(1, 'failure'), ended(2, 'cancelled')]], { kind: 'all-failed' }],
    ['alone when another failed by itself', [entry(1), run, [ended(1, 'failure'), ended(2, 'failure')]], { kind: 'one', job: 1 }],
    ['not when two were, and another failed by itself', [entry(1, 2), run, [ended(1, 'failure'), ended(2, 'failure'), ended(3, 'failure')]], { kind: 'leave' }],
    ['not when it succeeded after all', [entry(1), run, [ended(1, 'success')]], { kind: 'leave' }],
    ['not before its run has ended', [entry(1), { attempt: 1, status: 'in_progress' }, []], { kind: 'wait' }],
    ['not twice', [entry(1), { attempt: 2, status: 'completed' }, [ended(1, 'failure')]], { kind: 'leave' }],
    ['not when its run is gone', [entry(1), null, []], { kind: 'leave' }],
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

// biome-ignore format: a table reads best as a table.
test.each([
  ['nothing seen before', '', '2.1.0', 500, 500],
  ['the same one, behind since earlier', 'behind 2.1.0 300', '2.1.0', 500, 300],
  ['another one is mirrored by now', 'behind 2.0.0 300', '2.1.0', 500, 500],
  ['it was fresh', 'fresh', '2.1.0', 500, 500],
] as const)('since when a mirror is behind: %s', (_, before, version, latestAtMs, since) => {
  expect(behindSince(before, version, latestAtMs)).toBe(since);
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
