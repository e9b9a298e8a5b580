/** What was written about a job, over the whole system in one process. */
import { expect, test } from 'vitest';
import { gatherFindings } from '../../../cli/explain/findings.ts';
import { type AskLog, gatherLogs, type JobLogs } from '../../../cli/logs/gather.ts';
import { isNothing, jsonOf, newsIn, renderLogs } from '../../../cli/logs/show.ts';
import type { SimJob } from '../../../simulator/github/index.ts';
import type { World } from '../../world/in-process.ts';
import { MINUTE_MS, OURS, open, operatorOf, queue } from '../explain/fixture.ts';

const NONE: AskLog = async () => ({ things: [], complete: true });

async function logsOf(world: World, { id }: SimJob, askLog: AskLog, console = ''): Promise<JobLogs> {
  const operator = operatorOf(world);
  const instances = { ...operator.instances, consoleOutput: async () => console };
  let all: JobLogs | undefined;
  const asked = gatherFindings(id as never, 'acme/app', operator).then(async (findings) => {
    all = await gatherLogs(findings, { ...operator, instances }, askLog);
  });
  await world.until(() => all !== undefined, MINUTE_MS);
  await asked;
  return all as JobLogs;
}

async function running() {
  const world = await open();
  const job = queue(world, OURS, { durationMs: 60 * MINUTE_MS });
  await world.until(() => job.status === 'in_progress', 5 * MINUTE_MS);
  return { world, job };
}

test('story and functions’ lines are one list by time; the console of the machine comes after it', async () => {
  const { world, job } = await running();
  const words: string[][] = [];
  const askLog: AskLog = async (question) => {
    words.push([...question.words]);
    const line = { atMs: world.clock.nowMs(), functionName: 'ci-launcher', text: '{"event":"launch.done"}' };
    return { things: [line], complete: true };
  };
  const all = await logsOf(world, job, askLog, 'boot: step one\nboot: step two\n');
  expect(words).toEqual([[String(job.id), job.runner?.name]]);
  const text = renderLogs(all, world.clock.nowMs());
  expect(text).toMatch(/story {5}was queued at GitHub/);
  expect(text).toMatch(/launcher {2}\{"event":"launch\.done"\}\n\nThe console of ci-runner/);
  expect(text).toContain('  | boot: step one\n  | boot: step two');
  expect(all.lines.map(({ atMs }) => atMs)).toEqual(all.lines.map(({ atMs }) => atMs).toSorted());
});

test('as JSON it is the same, with times that a machine reads', async () => {
  const { world, job } = await running();
  const askLog: AskLog = async () => {
    throw new Error('no right');
  };
  const all = await logsOf(world, job, askLog, 'boot: step one\n');
  const json = jsonOf(job.id, 'runs', all);
  expect(json).toMatchObject({ job: job.id, state: 'runs', missing: [expect.stringContaining('no right')] });
  expect(json.lines[0]).toEqual({
    ...{ source: 'story', text: 'was queued at GitHub' },
    at: new Date(job.createdAtMs).toISOString(),
  });
  expect(json.lines).toHaveLength(all.lines.length);
  expect(json.consoles).toEqual([{ runner: job.runner?.name, lines: ['boot: step one'] }]);
});

test('secrets, escape sequences and hidden characters are in none of it', async () => {
  const { world, job } = await running();
  const token = `ghs_${'a1'.repeat(18)}`;
  const nasty = `\u001b[2J\u001b]0;title\u0007${token.slice(0, 9)}\u200b${token.slice(9)} \u202e password: hunter2\r\n`;
  const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----';
  const things = [{ atMs: 0, functionName: 'ci-reaper', text: `${nasty}${key}` }];
  const all = await logsOf(world, job, async () => ({ things, complete: true }), `${nasty}${key}\nafter`);
  const text = renderLogs(all, world.clock.nowMs());
  for (const secret of [token, 'hunter2', 'MIIE']) expect(text).not.toContain(secret);
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(text).toContain('| after');
});

test('what cannot be had is said, and the rest is shown', async () => {
  const { world, job } = await running();
  const all = await logsOf(world, job, async () => {
    throw new Error('Log Service refused: Unauthorized (401)');
  });
  expect(all.lines.length).toBeGreaterThan(2);
  expect(renderLogs(all, 0)).toMatch(/Not here: .*Unauthorized.*log:GetLogStoreLogs/);
  const cut = await logsOf(world, job, async () => ({ things: [], complete: false }));
  expect(renderLogs(cut, 0)).toMatch(/Not here: .*there are more/);
});

test('what is new is told once, and a console goes on where it was', async () => {
  const { world, job } = await running();
  const before = await logsOf(world, job, NONE, 'one\ntwo');
  expect(isNothing(newsIn(before, before))).toBe(true);
  const after = await logsOf(world, job, NONE, 'one\ntwo\nthree');
  expect(newsIn(before, after)).toMatchObject({ lines: [], consoles: [{ lines: ['three'] }] });
  const rolled = await logsOf(world, job, NONE, 'four');
  expect(newsIn(after, rolled).consoles).toMatchObject([{ lines: ['four'] }]);
});
