import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { VirtualClock } from '../../../simulator/clock.ts';
import { bundleBody } from '../../../simulator/function-compute/index.ts';
import { host, hostOn } from './hosted-world.ts';

const folder = mkdtempSync(join(tmpdir(), 'hosted-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A tiny function, as a bundle. */
function bundleOf(name: string, code: string): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, code);
  return path;
}

test('a bundle sees the simulated time, its own environment, and its own memory', async () => {
  const path = bundleOf(
    'sees',
    `let runs = 0;
     export const handler = async () => {
       console.log('run ' + ++runs);
       return { now: Date.now(), today: new Date().getUTCFullYear(), is: new Date(5) instanceof Date, env: Object.keys(process.env), runs };
     };`,
  );
  const startMs = Date.UTC(2031, 0, 1);
  const { fc, clock, lines } = host(
    (clock) => [
      {
        name: 'f',
        timeoutMs: 5_000,
        memoryMb: 128,
        body: bundleBody(path, { clock, clockScale: 100, env: () => ({ ONLY: 'this' }) }),
      },
    ],
    100,
    startMs,
  );
  for (const runs of [1, 2]) {
    const before = clock.nowMs();
    const outcome = await fc.invokeSync('f', Buffer.from('{}'));
    expect(outcome).toMatchObject({ kind: 'done', value: { today: 2031, is: true, env: ['ONLY'], runs } });
    const { now } = (outcome as { value: { now: number } }).value;
    expect(now).toBeGreaterThanOrEqual(before - 10_000);
    expect(now).toBeLessThanOrEqual(clock.nowMs() + 10_000);
  }
  expect(lines).toEqual(['run 1', 'run 2']);
});

const SECOND_MS = 1_000;

/** Its time passes when a test says so: no machine is too busy for it. */
function still(path: string) {
  const clock = new VirtualClock(Date.UTC(2031, 0, 1));
  const body = bundleBody(path, { clock, clockScale: 1, env: () => ({}) });
  const hosted = hostOn(clock, [{ name: 'f', timeoutMs: SECOND_MS, memoryMb: 128, body }]);
  const { fc, seen } = hosted;
  /** Its instance has started; what it does after that is its own. */
  const begin = async (event: string) => {
    const before = seen.length;
    const outcome = fc.invokeSync('f', Buffer.from(event));
    await clock.runUntil(clock.nowMs() + SECOND_MS, () => seen.length > before);
    return { outcome };
  };
  return { ...hosted, clock, begin };
}

// biome-ignore format: a table reads best as a table.
test.each([
  ['that never ends is ended at its timeout',    'await told(); for (;;);',      'FunctionTimedOut'],
  ['that waits for ever is ended too',           'await new Promise(() => 0);',  'FunctionTimedOut'],
  ['that exits has failed',                      'process.exit(3);',             'ProcessExitedUnexpectedly'],
  ['that throws has failed',                     'throw new Error("no");',       'UnhandledInvocationError'],
])('a bundle %s', async (_name, code, type) => {
  const path = bundleOf(`ends-${type}-${code.length}`, `const told = () => new Promise((resolve) => setTimeout(resolve, 1)); export const handler = async (event) => { if (String(event) === '"end"') { console.log('begun'); ${code} } return 'well'; };`);
  const { clock, lines, until, begin } = still(path);
  const ended = await begin('"end"');
  if (type === 'FunctionTimedOut') {
    await until(() => lines.includes('begun'));
    await clock.runUntil(clock.nowMs() + SECOND_MS);
  }
  expect(await ended.outcome).toMatchObject({ kind: 'failed', type });
  expect(await (await begin('"go on"')).outcome).toMatchObject({ kind: 'done', value: 'well' });
});

test('a bundle that does not load has failed, each time', async () => {
  const { begin } = still(bundleOf('broken', 'throw new Error("the environment of it is wrong");'));
  for (let n = 0; n < 2; n++)
    expect(await (await begin('1')).outcome).toMatchObject({
      kind: 'failed',
      message: 'the environment of it is wrong',
    });
});

test('a hosted run can be killed in the middle', async () => {
  const code = "console.log('begun'); return new Promise(() => setInterval(() => 0, 1000));";
  const { fc, clock, lines, until, begin } = still(
    bundleOf('long', `export const handler = async () => { ${code} };`),
  );
  fc.faults.killAfterMs = () => 50;
  const killed = await begin('1');
  await until(() => lines.includes('begun'));
  await clock.runUntil(clock.nowMs() + 50);
  expect(await killed.outcome).toMatchObject({ kind: 'failed', type: 'ProcessExitedUnexpectedly' });
});
