/** What is said before a session and after it: pure. */
import { constants } from 'node:os';
import type { RunnerEntry } from '../../shared/ledger/entries.ts';
import type { Instance } from '../../shared/nouns.ts';
import type { Ended } from './ending.ts';

/** Null: somebody can get onto it. Else what it is, and what to do. */
export function whyNotRunning({ name }: RunnerEntry, { status, id }: Instance): string | null {
  switch (status) {
    case 'Running':
      return null;
    case 'Pending':
    case 'Starting':
      return `The machine of ${name} (${id}) starts: say it again in a minute.`;
    case 'Stopping':
    case 'Stopped':
      return `The machine of ${name} (${id}) is ${status}: nobody can get onto it. npm run logs has what it wrote; npm run keep, said while a job runs, keeps the next one running.`;
  }
}

export type Now = 'gone' | Instance['status'] | null;

/** `now`: the machine, after it was lost; null: it runs, or nobody could say. */
export function lastWord(ended: Ended, { name }: RunnerEntry, now: Now): string {
  switch (ended.kind) {
    case 'exited':
      return 'The shell has ended.';
    case 'idle':
      return 'Nobody typed for three minutes: Cloud Assistant ended the session, and its shell with it. Say it again to go on.';
    case 'left':
      return 'Left. The shell on the machine is ended.';
    case 'not-opened':
      return `No shell came: the agent on the machine of ${name} did not take the session. A machine that boots takes one within a minute; say it again then.`;
    case 'lost':
      return lost(name, now);
    case 'unreachable':
      return `There is no way to Session Manager, because ${ended.because}. It is an encrypted websocket to *.aliyuncs.com on port 443, by the proxy that HTTPS_PROXY names.`;
    case 'restarting':
      return 'Session Manager goes down for a restart of its own: the session is over. Say it again in a minute.';
    case 'unreadable':
      return 'Session Manager said what this version cannot read: the session is over. The ECS console opens one (Connect, Session Manager); please report it.';
    case 'refused':
      return `Session Manager ended the session${ended.word === '' ? '' : ` (${ended.word})`}. Say it again; if it says the same, the ECS console may tell more (Connect, Session Manager).`;
  }
}

function lost(name: string, now: Now): string {
  const why = 'The connection is gone without a word';
  if (now === 'gone') return `${why}: the machine of ${name} is gone.`;
  if (now !== null) return `${why}: the machine of ${name} is ${now}.`;
  return `${why}: the network, or Session Manager. The machine of ${name} may well run: npm run list shows it; say it again to go on.`;
}

export const hasHungUp = (ended: Ended): boolean => ended.kind === 'left' && ended.signal === 'SIGHUP';

/** As a shell's: 0 after its end, 128 and the signal's number where one ended us. */
export function codeOf(ended: Ended): number {
  if (ended.kind === 'left') return 128 + constants.signals[ended.signal];
  return ended.kind === 'exited' || ended.kind === 'idle' ? 0 : 1;
}
