/** systemd in a container: a whole system, from its first process on. */
import { type ChildProcess, spawn } from 'node:child_process';
import { run } from './commands.ts';
import { namespaceOf, plugIn, unplug } from './network.ts';

/** What machines are made of. */
export interface Hardware {
  plugIn(number: number): Promise<void>;
  unplug(number: number): Promise<void>;
  start(place: Place): Promise<Running>;
}

export interface Place {
  readonly name: string;
  /** Of its cable. */
  readonly number: number;
  /** Of its control group. */
  readonly door: string;
  /** A folder: what its disk holds. */
  readonly root: string;
  /** A folder: what it changed of its image. */
  readonly disk: string;
}

export interface Running {
  readonly process: ChildProcess;
  /** The button. */
  press(): Promise<unknown>;
  /** After its end: what it wrote comes into the place's `disk`. */
  keep(): Promise<void>;
}

/** The host's kernel; what they write is seen while they run. */
export const containers: Hardware = {
  plugIn,
  unplug,
  async start({ name, number, door, root }) {
    const system = startSystem(door, root, { name, network: namespaceOf(number) });
    return {
      process: system,
      press: () => shellIn(system, 'systemctl poweroff'),
      keep: async () => undefined,
    };
  },
};

/** What is asked to stop, and does not, loses its power after this. */
export const POWER_OFF_MAX_MS = 30_000;

/** A terminal of its own: systemd writes its console to nothing else. The clock is this computer's own: it may not be set. `door`: of its control group. */
function startSystem(
  door: string,
  root: string,
  { name, network }: { readonly name: string; readonly network: string },
): ChildProcess {
  return spawn(
    'sh',
    [
      ...['-c', 'echo $$ >"$0" && exec systemd-nspawn "$@"', door],
      ...['--quiet', '--register=no', '--keep-unit', '--boot', '--console=read-only', '--capability=all'],
      ...['--system-call-filter=@keyring bpf', `--machine=${name}`, `--directory=${root}`],
      ...['--drop-capability=CAP_SYS_TIME', `--network-namespace-path=${network}`],
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        ...{ SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1', SYSTEMD_NSPAWN_API_VFS_WRITABLE: 'network' },
      },
    },
  );
}

/** Its first process, as the host sees it; null: it does not run. */
export async function leaderOf(system: ChildProcess | null): Promise<string | null> {
  if (system === null || system.exitCode !== null || system.signalCode !== null) return null;
  const children = await run('pgrep', '--parent', String(system.pid));
  return children.trim().split('\n')[0] || null;
}

/** A shell command as root inside, its output. */
export async function shellIn(system: ChildProcess | null, command: string): Promise<string> {
  const leader = await leaderOf(system);
  if (leader === null) throw new Error('the machine does not run');
  return run('nsenter', '--target', leader, '--all', '--', 'bash', '-c', command);
}
