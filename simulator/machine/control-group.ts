/**
 * A control group for each machine. Where several shared one, the systemd of one waited for processes of another
 * in a service's group, and for ever where the service has no limit, as cloud-init's have none.
 */
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ControlGroup {
  /** A process that writes its id here is in the group, and so is all that it starts. */
  readonly door: string;
  /** Ends all that is in it. */
  kill(): void;
  /** Kills what is left, waits until nothing is, and removes it. */
  remove(): Promise<void>;
}

/** Something that a kernel kills is gone in moments, unless its disk hangs. */
const EMPTY_MAX_MS = 20_000;

/** Beneath our own, in the one tree of cgroup2. */
export function controlGroup(name: string): ControlGroup {
  const folder = join(ownFolder(), `ci-${process.pid}-${name}`);
  mkdirSync(folder);
  let isRemoved = false;
  const kill = () => {
    if (!isRemoved) writeFileSync(join(folder, 'cgroup.kill'), '1');
  };
  const isEmpty = () => readFileSync(join(folder, 'cgroup.events'), 'utf8').includes('populated 0');
  return {
    door: join(folder, 'cgroup.procs'),
    kill,
    async remove() {
      kill();
      const endMs = Date.now() + EMPTY_MAX_MS;
      while (!isEmpty()) {
        if (Date.now() > endMs) throw new Error(`${folder} has processes that cannot be killed`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      removeTree(folder);
      isRemoved = true;
    },
  };
}

/** Leaves first; a control group's own files go with it. */
function removeTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(join(folder, entry.name));
  rmdirSync(folder);
}

function ownFolder(): string {
  const mount = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, , type]) => type === 'cgroup2')?.[1];
  const own = readFileSync('/proc/self/cgroup', 'utf8')
    .split('\n')
    .find((line) => line.startsWith('0::'))
    ?.slice('0::'.length);
  if (mount === undefined || own === undefined) throw new Error('this host has no cgroup2: mount it first');
  return join(mount, own);
}
