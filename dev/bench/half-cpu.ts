/** Half a vCPU, as Function Compute gives it: a control group with 50 ms in each 100, where this machine lets us make one. */
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface HalfCpu {
  /** What a process writes its id into. */
  readonly procs: string;
  /** Throws while a process is in it. */
  close(): void;
}

const WAYS: readonly (readonly [root: string, file: string, text: string])[] = [
  ['/sys/fs/cgroup/cpu', 'cpu.cfs_quota_us', '50000'],
  ['/sys/fs/cgroup', 'cpu.max', '50000 100000'],
];

/** Null: this machine or this user has no such group. */
export function halfCpu(): HalfCpu | null {
  for (const [root, file, text] of WAYS) {
    const group = join(root, `bench-half-${process.pid}`);
    try {
      mkdirSync(group);
    } catch {
      continue; // Another version of control groups, or no right to make one.
    }
    const close = () => rmdirSync(group);
    try {
      writeFileSync(join(group, file), text, { flag: 'r+' });
      return { procs: join(group, 'cgroup.procs'), close };
    } catch {
      close();
    }
  }
  return null;
}
