import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bundleBody } from '../../../simulator/function-compute/index.ts';
import { host } from './hosted-world.ts';

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

// biome-ignore format: a table reads best as a table.
test.each([
  ['that never ends is ended at its timeout',    'for (;;);',                    'FunctionTimedOut'],
  ['that waits for ever is ended too',           'await new Promise(() => 0);',  'FunctionTimedOut'],
  ['that exits has failed',                      'process.exit(3);',             'ProcessExitedUnexpectedly'],
  ['that throws has failed',                     'throw new Error("no");',       'UnhandledInvocationError'],
])('a bundle %s', async (_name, code, type) => {
  const path = bundleOf(`ends-${type}-${code.length}`, `export const handler = async (event) => { if (String(event) === '"end"') { ${code} } return 'well'; };`);
  const { fc } = host((clock) => [
    { name: 'f', timeoutMs: 1_000, memoryMb: 128, body: bundleBody(path, { clock, clockScale: 1, env: () => ({}) }) },
  ]);
  expect(await fc.invokeSync('f', Buffer.from('"end"'))).toMatchObject({ kind: 'failed', type });
  expect(await fc.invokeSync('f', Buffer.from('"go on"'))).toMatchObject({ kind: 'done', value: 'well' });
});

test('a bundle that does not load has failed, each time', async () => {
  const path = bundleOf('broken', 'throw new Error("the environment of it is wrong");');
  const { fc } = host((clock) => [
    {
      name: 'f',
      timeoutMs: 1_000,
      memoryMb: 128,
      body: bundleBody(path, { clock, clockScale: 1, env: () => ({}) }),
    },
  ]);
  for (let n = 0; n < 2; n++)
    expect(await fc.invokeSync('f', Buffer.from('1'))).toMatchObject({
      kind: 'failed',
      message: 'the environment of it is wrong',
    });
});

test('a hosted run can be killed in the middle', async () => {
  const path = bundleOf(
    'long',
    'export const handler = async () => new Promise((resolve) => setTimeout(resolve, 4000));',
  );
  const { fc } = host((clock) => [
    {
      name: 'f',
      timeoutMs: 5_000,
      memoryMb: 128,
      body: bundleBody(path, { clock, clockScale: 1, env: () => ({}) }),
    },
  ]);
  fc.faults.killAfterMs = () => 50;
  expect(await fc.invokeSync('f', Buffer.from('1'))).toMatchObject({
    kind: 'failed',
    type: 'ProcessExitedUnexpectedly',
  });
});
