/** The dashboard of `npm start -- --stay`: a process of its own, since commands live in the simulated world's time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PROGRAM } from '../shared/package/places.ts';

export interface StayingDashboard {
  /** Its address, or why there is none: one line. */
  readonly said: string;
  close(): Promise<void>;
}

/** The world is served with or without it: it is not waited for any longer. */
const START_MAX_MS = 60_000;

/** It ends with us, however we end: it notices that the channel is gone. */
export async function startDashboard(
  { open }: { readonly open: boolean },
  signal: AbortSignal,
): Promise<StayingDashboard> {
  const args = [PROGRAM, 'dashboard', ...(open ? [] : ['--no-open'])];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve()).once('error', () => resolve());
  });
  return {
    said: await addressOf(child, ended, signal),
    close() {
      if (child.connected) child.disconnect();
      return ended;
    },
  };
}

async function addressOf(child: ChildProcess, ended: Promise<void>, signal: AbortSignal): Promise<string> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(START_MAX_MS)]);
  const told = once(child, 'message', { signal: late }).then(([url]) => `Dashboard: ${url}`);
  const gone = ended.then(() => 'The dashboard did not start: npm run dashboard says why.');
  return Promise.race([told, gone]).catch(() => 'The dashboard has not started yet: npm run dashboard.');
}
