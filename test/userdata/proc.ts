/** The folder /proc of a machine, as far as what a job used of it is read there. */

export interface Counters {
  /** Hundredths of a core's second, of all cores together. */
  readonly busy?: number;
  readonly idle?: number;
  /** Of `busy`, what the kernel's ticks have missed: they come late to a machine whose own cores had to wait. */
  readonly missed?: number;
  readonly usedMiB?: number;
  readonly readSectors?: number;
  readonly writtenSectors?: number;
  readonly receivedBytes?: number;
  readonly sentBytes?: number;
  readonly killed?: number;
}

/** As Linux 6.8 writes them (proc(5)), with what must not be counted beside what must. */
export function procFiles(cores: number, totalMiB: number, now: Counters): Record<string, string> {
  const { busy = 0, idle = 0, missed = 0, usedMiB = 100, readSectors = 0, writtenSectors = 0 } = now;
  const { receivedBytes = 0, sentBytes = 0, killed = 0 } = now;
  const counted = busy - missed;
  const [user, system] = [counted - Math.floor(counted / 4), Math.floor(counted / 4)];
  const each = Array.from({ length: cores }, (_, at) => `cpu${at} 1 0 1 1 0 0 0 0 0 0`);
  return {
    'proc/uptime': uptimeOf(Math.floor((busy + idle) / cores)),
    'proc/stat': [`cpu  ${user} 0 ${system} ${idle} 0 0 0 0 99 0`, ...each, 'intr 7 0 0', 'ctxt 9'].join(
      '\n',
    ),
    'proc/meminfo': `MemTotal: ${totalMiB * 1024} kB\nMemFree: 5 kB\nMemAvailable: ${(totalMiB - usedMiB) * 1024} kB\nBuffers: 1 kB\n`,
    'proc/diskstats': [
      ` 253       0 vda 1 0 ${readSectors} 5 1 0 ${writtenSectors} 5 0 5 10 0 0 0 0 0 0`,
      ` 253       1 vda1 1 0 ${readSectors} 5 1 0 ${writtenSectors} 5 0 5 10 0 0 0 0 0 0`,
      '   7       0 loop0 1 0 999999 5 1 0 999999 5 0 5 10 0 0 0 0 0 0',
      '',
    ].join('\n'),
    'proc/net/dev': [
      'Inter-|   Receive                                                |  Transmit',
      ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
      '    lo: 99999999    9    0    0    0     0          0         0 99999999    9    0    0    0     0       0          0',
      `  eth0:${receivedBytes}    9    0    0    0     0          0         0 ${sentBytes}    9    0    0    0     0       0          0`,
      'docker0: 99999999    9    0    0    0     0          0         0 99999999    9    0    0    0     0       0          0',
      '',
    ].join('\n'),
    'proc/vmstat': `pgfault 12\noom_kill ${killed}\npgscan 4\n`,
  };
}

/** The second figure is the idle time of all cores; since when is nobody's business. */
const uptimeOf = (hundredths: number): string =>
  `${1_000 + Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')} 9.00\n`;
