/** One booted system as a process of the host's. */
import { type ChildProcess, spawn } from 'node:child_process';

/** A terminal of its own: systemd writes its console to nothing else. The clock is this computer's own: it may not be set. */
export const spawnSystem = (
  id: string,
  root: string,
  { door, network }: { readonly door: string; readonly network: string },
): ChildProcess =>
  spawn(
    'sh',
    [
      ...['-c', 'echo $$ >"$0" && exec systemd-nspawn "$@"', door],
      ...['--quiet', '--register=no', '--keep-unit', '--boot', '--console=read-only', '--capability=all'],
      ...['--system-call-filter=@keyring bpf', `--machine=${id}`, `--directory=${root}`],
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
