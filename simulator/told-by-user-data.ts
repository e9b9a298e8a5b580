/** What user data tells its instance, read as bash would, by an instance that only plays one. */
import { gunzipSync } from 'node:zlib';
import type { BootedMachine } from './ecs/machine.ts';
import type { JobForRunner } from './github/listener.ts';
import type { RunnerSession } from './github/runs/sessions.ts';

/** As `userdata/usage.sh` logs: a job that keeps some of the cores busy, by its length; not of one that never began. */
export function usageTeller({ userData, cpu, memoryGiB }: BootedMachine, trace: (words: string) => void) {
  const measures = /^readonly USAGE='true'$/m.test(scriptOf(userData));
  return (durationMs: number | null): void => {
    if (!measures || durationMs === null) return;
    const seconds = Math.max(1, Math.floor(durationMs / 1000));
    const busy = Math.round((cpu * 100 * (1 + (seconds % 7))) / 8);
    const [memoryGib, memoryMiB] = [Math.ceil(memoryGiB), Math.round(memoryGiB * 128)];
    trace(
      `usage.measured cores=${cpu} memory_gib=${memoryGib} seconds=${seconds} cpu_mean=${Math.round(busy * 0.7)} cpu_peak=${busy} memory_peak_mib=${memoryMiB} oom_killed=0 disk_mib=${seconds * 8} network_mib=${seconds * 3}`,
    );
  };
}

/** Of the first address that the runner's archive is fetched from. */
export const hostOf = (userData: string): string =>
  /^readonly RUNNER_URLS=\('https?:\/\/([^/']+)/m.exec(scriptOf(userData))?.[1] ?? 'none';

/** As the started hook judges. */
export function admits(userData: string, { repository, repositoryId, event }: JobForRunner): boolean {
  const name = repository.toLowerCase();
  const { lists, isPublicRefused, areForksRefused } = admissionOf(userData);
  const isListed = ([pattern = '']: RegExpMatchArray) =>
    pattern.endsWith('/*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  if (!lists.every((list) => [...list.matchAll(/\S+/g)].some(isListed))) return false;
  const { repository: own, pull_request: pull } = event.payload as EventPayload;
  if (own?.id !== repositoryId && event.name !== 'schedule') return false;
  if (isPublicRefused && own?.private !== true && event.name !== 'schedule') return false;
  return !areForksRefused || pull === undefined || pull.head.repo?.id === own?.id;
}

interface EventPayload {
  readonly repository?: { readonly id: number; readonly private: boolean };
  readonly pull_request?: { readonly head: { readonly repo: { readonly id: number } | null } };
}

function admissionOf(userData: string) {
  const script = scriptOf(userData);
  const value = (name: string) => new RegExp(`^readonly ${name}=(.*)$`, 'm').exec(script)?.[1] ?? '';
  return {
    lists: [...value('ADMITTED').matchAll(/'([^']*)'/g)].map(([, list = '']) => list),
    isPublicRefused: value('PUBLIC') === "'refuse'",
    areForksRefused: value('FORKS') === "'refuse'",
  };
}

/** It has no registration: it is made ready for its next boot. */
export const isMadeReady = (userData: string): boolean =>
  userData.includes('<<SCRIPTS') && /^readonly PREPARES='true'$/m.test(scriptOf(userData));

interface Inside {
  readonly after: (ms: number, act: () => void) => void;
  readonly trace: (words: string) => void;
  readonly endRunner: () => void;
}

/**
 * As `watch_machine` (userdata/job.sh) ends a runner to whom nobody gives a job: after IDLE_SECONDS, which the launcher makes
 * longer where a machine waits for jobs to come. A runner has one job: whoever has begun it is never without one again.
 */
export function endWithoutJob(
  session: Pick<RunnerSession, 'isIdle'>,
  userData: string,
  { after, trace, endRunner }: Inside,
): void {
  const seconds = /^readonly IDLE_SECONDS='(\d+)'$/m.exec(scriptOf(userData))?.[1];
  if (seconds === undefined) throw new Error('the user data has no IDLE_SECONDS');
  after(Number(seconds) * 1000, () => {
    if (!session.isIdle()) return;
    trace(`runner.told_to_end because=no job came for ${seconds} s`);
    trace('runner.ended status=0');
    endRunner();
  });
}

/** As the machine puts it together: no text of a JIT config has a quote of bash in it. */
export function jitConfigOf(userData: string): string {
  const found = /^readonly JIT_PARTS=\(([^)]*)\)$/m.exec(scriptOf(userData))?.[1] ?? '';
  const parts = [...found.matchAll(/'([^']*)'/g)].map(([, part = '']) => part);
  if (parts.length === 0) throw new Error('the user data has no JIT_PARTS');
  if (parts.length === 1) return parts[0] as string;
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  return encoded(parts.map((part, at) => (at % 2 === 0 ? part : encoded(part))).join(''));
}

export function scriptOf(userData: string): string {
  const packed = /<<SCRIPTS .*\n([A-Za-z0-9+/=]+)\nSCRIPTS$/m.exec(userData)?.[1];
  if (packed === undefined) throw new Error('the user data has no SCRIPTS');
  return gunzipSync(Buffer.from(packed, 'base64')).toString('utf8');
}
