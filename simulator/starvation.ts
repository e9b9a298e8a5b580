/**
 * How long this process's threads wait for a core, by the kernel's own account (/proc/PID/task/TID/schedstat, its second
 * number: nanoseconds on a run queue; Linux documentation, "Scheduler Statistics"). Elsewhere nobody says: nothing.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const TASKS = '/proc/self/task';

/** Each call: milliseconds since the last one, of the thread that waited longest. */
export function coreWaits(): () => number {
  if (!existsSync(`${TASKS}/${process.pid}/schedstat`)) return () => 0;
  let before = new Map<string, number>();
  return () => {
    const now = new Map(readdirSync(TASKS).map((thread) => [thread, waitedNs(thread)]));
    const waits = [...now].map(([thread, ns]) => ns - (before.get(thread) ?? ns));
    before = now;
    return Math.max(0, ...waits) / 1_000_000;
  };
}

/** 0: it has just ended. */
function waitedNs(thread: string): number {
  try {
    return Number(readFileSync(`${TASKS}/${thread}/schedstat`, 'utf8').split(' ')[1]);
  } catch {
    return 0;
  }
}
