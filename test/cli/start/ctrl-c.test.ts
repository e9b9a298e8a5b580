/** Ctrl-C while the rows of `npm start` are drawn: the drawing's own libraries listen to signals, too. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const LEAVING = JSON.stringify(pathToFileURL(join(ROOT, 'cli', 'shared', 'screen', 'leaving.ts')).href);

/**
 * `hear`: how a command hears of Ctrl-C. `signal-exit` is what hides and shows the cursor on a real terminal, below the
 * drawing. It ends with its words when it was heard; a minute is its own limit.
 */
const drawing = (hear: string) => `
const { LEFT, leaving } = await import(${LEAVING});
const left = new Promise((resolve) => { ${hear} });
const { onExit } = await import('signal-exit');
onExit(() => undefined, { alwaysLast: true });
setTimeout(() => process.exit(3), 60_000).unref();
const waiting = setInterval(() => undefined, 1_000);
console.log('drawn');
await left;
clearInterval(waiting);
await new Promise((resolve) => setTimeout(resolve, 50));
console.log('its own words');
process.exitCode = LEFT;
`;

function interrupted(script: string): Promise<{ code: number | null; by: string | null; out: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: ROOT,
    });
    let [out, isSent] = ['', false];
    child.stdout.on('data', (data) => {
      out += data;
      if (!out.includes('drawn') || isSent) return;
      isSent = true;
      child.kill('SIGINT');
    });
    child.on('close', (code, by) => resolve({ code, by, out }));
  });
}

test('it ends with its own words and 130', async () => {
  const ended = await interrupted(drawing("leaving().signal.addEventListener('abort', resolve)"));
  expect(ended).toMatchObject({ code: 130, by: null, out: expect.stringContaining('its own words') });
});

test('a listener that goes with the first signal would leave it to a library, which kills the process', async () => {
  expect(await interrupted(drawing("process.once('SIGINT', resolve)"))).toMatchObject({ by: 'SIGINT' });
});
