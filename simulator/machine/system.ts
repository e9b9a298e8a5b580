/** systemd in a container: a whole system, from its first process on. */
import { type ChildProcess, spawn } from 'node:child_process';

/** What is asked to stop, and does not, loses its power after this. */
export const POWER_OFF_MAX_MS = 30_000;

/** A terminal of its own: systemd writes its console to nothing else. The clock is this computer's own: it may not be set. `door`: of its control group. */
export function startSystem(
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
