/** What a job used of its machine: the real script over /proc folders that are made up. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { adviceOf, usageIn } from '../../../shared/runner/usage.ts';
import { SCRIPTS } from '../instance.ts';
import { type Counters, procFiles } from '../proc.ts';

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

interface Machine {
  readonly cores: number;
  readonly memoryGiB: number;
  /** The first is the job's begin; each of the others the end of a minute. */
  readonly minutes: readonly Counters[];
}

/** The kernel keeps a little of the memory that a type has by name. */
const seenMiB = (memoryGiB: number) => memoryGiB * 1000;

function measure({ cores, memoryGiB, minutes }: Machine) {
  const root = mkdtempSync(join(tmpdir(), 'usage-'));
  roots.push(root);
  minutes.forEach((counters, at) => {
    for (const [path, text] of Object.entries(procFiles(cores, seenMiB(memoryGiB), counters))) {
      mkdirSync(join(root, `minute-${at}`, path, '..'), { recursive: true });
      writeFileSync(join(root, `minute-${at}`, path), text);
    }
  });
  const lines = [
    `SHARED='${root}' CORES=${cores} MEMORY_GIB=${memoryGiB} ROOT='${root}/minute-0'`,
    'log() { printf "%s\\n" "$*" >>"$SHARED/trace"; }',
    SCRIPTS.usage,
    'begin_usage',
    ...minutes
      .slice(1)
      .map(
        (_, at) =>
          `ROOT='${root}/minute-${at + 1}'\nlook_at_memory\n${at + 2 < minutes.length ? 'end_minute' : ''}`,
      ),
    'tell_usage',
  ];
  const { status, stderr } = spawnSync('bash', ['-c', lines.join('\n')], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const text = (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '');
  return { trace: text('trace'), chart: text('usage').split('\n') };
}

/** Of 16 cores a minute has 96,000 hundredths of a second. */
const SIXTEEN: Machine = {
  cores: 16,
  memoryGiB: 32,
  minutes: [
    { busy: 5_000, idle: 1_000_000, readSectors: 80, receivedBytes: 1 },
    {
      busy: 5_000 + 12_600,
      idle: 1_000_000 + 83_400,
      usedMiB: 1_024,
      readSectors: 80 + 2_048 * 60,
      receivedBytes: 1,
    },
    {
      busy: 5_000 + 18_600,
      idle: 1_000_000 + 173_400,
      usedMiB: 3_072,
      readSectors: 80 + 2_048 * 60,
      writtenSectors: 2_048 * 600,
      receivedBytes: 1,
      sentBytes: 62_914_560,
    },
  ],
};

test('the trace has one line of it, in figures, which the reaper reads back', () => {
  const { trace } = measure(SIXTEEN);
  expect(trace.split('\n')).toHaveLength(2);
  expect(usageIn(`2026-11-21T10:00:00Z +9s ${trace}`)).toEqual({
    ...{ seconds: 120, cores: 16, memoryGiB: 32, coresMean: 1.55, coresPeak: 2.1, memoryPeakGiB: 3 },
    ...{ oomKilled: 0, diskMiB: 660, networkMiB: 60 },
  });
});

test('the last seconds are no minute: their memory counts, their burst is no peak', () => {
  const [begin, first] = SIXTEEN.minutes as [Counters, Counters];
  const burst = { ...first, busy: (first.busy ?? 0) + 16_000, usedMiB: 4_096 };
  const { trace, chart } = measure({ ...SIXTEEN, minutes: [begin, first, burst] });
  expect(usageIn(`2026-11-21T10:00:00Z +9s ${trace}`)).toMatchObject({ coresPeak: 2.1, memoryPeakGiB: 4 });
  expect(chart[1]).toContain('  CPU     ▁  at most 2.1 of 16 cores');
});

test('ticks that come late are no time that did not pass: on a host with too much to do the figures are right', () => {
  const minutes = [{}, { busy: 9_000, missed: 7_000, idle: 3_000 }];
  expect(usageIn(measure({ cores: 2, memoryGiB: 4, minutes }).trace)).toMatchObject({
    ...{ seconds: 60, coresMean: 1.5, coresPeak: 1.5 },
  });
});

test('a machine that did nothing at all has used nothing, and not less', () => {
  const minutes = [{ busy: 3 }, { busy: 0, idle: 12_003 }];
  expect(measure({ cores: 2, memoryGiB: 4, minutes }).trace).toContain(' cpu_mean=0 cpu_peak=0 ');
});

test("the job's log has a column for each minute, the most of each, and one line of advice", () => {
  expect(measure(SIXTEEN).chart).toEqual([
    'What this job used of its machine in 120 s, a column for each 1 min:',
    '  CPU     ▁▁  at most 2.1 of 16 cores in a minute, 1.6 on average',
    '  memory  ▁▁  at most 3.0 of 32 GiB',
    '  disk    ▁█  at most 10.0 MiB a second in a minute',
    '  network ▁█  at most 1.0 MiB a second in a minute',
    '2.1 of 16 cores used: `4cpu` would do, and save about 75 %',
    '',
  ]);
});

test('a long job has as many columns as fit, each the highest of its minutes', () => {
  const minutes = Array.from({ length: 150 }, (_, at) => ({
    busy: at * 6_000,
    idle: at * 6_000,
    usedMiB: at === 74 ? 7_000 : 900,
  }));
  const { chart } = measure({ cores: 2, memoryGiB: 8, minutes });
  expect(chart[0]).toBe('What this job used of its machine in 8940 s, a column for each 3 min:');
  const bars = /memory {2}(\S+)/.exec(chart[2] ?? '')?.[1] ?? '';
  expect([...bars]).toHaveLength(50);
  expect([...bars].indexOf('▆')).toBe(24);
  expect([...bars].filter((bar) => bar !== '▁')).toHaveLength(1);
});

test('a job that is over before the clock of the kernel moved tells nothing', () => {
  expect(measure({ cores: 2, memoryGiB: 4, minutes: [{ busy: 5 }, { busy: 5 }] })).toEqual({
    trace: '',
    chart: [''],
  });
});

// biome-ignore format: a table reads best as a table.
const sizes: [cores: number, memoryGiB: number, hundredths: number, usedMiB: number, killed: number, says: string][] = [
  [16,  32,  210,   900, 0, '2.1 of 16 cores used: `4cpu` would do, and save about 75 %'],
  [16,  32,  320,   900, 0, '3.2 of 16 cores used: `4cpu` would do, and save about 75 %'],
  [16,  32,  321,   900, 0, '3.2 of 16 cores used: `8cpu` would do, and save about 50 %'],
  [16,  32,   10,   900, 0, '0.1 of 16 cores used: `2cpu` would do, and save about 88 %'],
  [16,  32,  210, 12000, 0, '2.1 of 16 cores used: `4cpu`, `16gb` would do, and save about 50 %'],
  [16,  32,  210, 20000, 0, '2.1 of 16 cores used: the size fits'],
  [16,  32, 1400,  9000, 0, '14.0 of 16 cores used: the size fits'],
  [ 2,   4,   10,   100, 0, '0.1 of 2 cores used: the size fits'],
  [12,  24,  300,  2000, 0, '3.0 of 12 cores used: `4cpu` would do, and save about 67 %'],
  [ 8,  16,  210, 14746, 0, 'Short of memory (0 processes were ended for want of it): `32gb` would do'],
  [ 8,  16,  210, 14745, 0, '2.1 of 8 cores used: the size fits'],
  [ 8,  16,  790,  2000, 3, 'Short of memory (3 processes were ended for want of it): `32gb` would do'],
];

test.each(sizes)(
  '%i cores, %i GiB, %i hundredths busy, %i MiB used, %i ended: "%6$s"',
  (cores, memoryGiB, hundredths, usedMiB, killed, says) => {
    const busy = hundredths * 60;
    const minutes = [{ killed: 1 }, { busy, idle: cores * 6_000 - busy, usedMiB, killed: 1 + killed }];
    const { trace, chart } = measure({ cores, memoryGiB, minutes });
    expect(chart.at(-2)).toBe(says);
    // The reports come to the same, from the same line.
    const usage = usageIn(trace);
    if (usage === null) throw new Error('no usage');
    const advice = adviceOf(usage);
    const labels =
      'labels' in advice ? advice.labels.map((label) => `\`${label}\``).join(', ') : 'the size fits';
    expect(says).toContain(labels);
    if (advice.kind === 'smaller')
      expect(Math.abs(Number(/(\d+) %/.exec(says)?.[1]) - 100 * (1 - advice.share))).toBeLessThanOrEqual(1);
  },
);

// biome-ignore format: a table reads best as a table.
test.each([
  ['no line',            'boot.began\nrunner.ended status=0\n'],
  ['a word more',        'usage.measured cores=x16 memory_gib=32'],
  ['a size of nothing',  'usage.measured cores=0 memory_gib=32 seconds=1 cpu_mean=1 cpu_peak=1 memory_peak_mib=1 oom_killed=0 disk_mib=1 network_mib=1'],
  ['too many digits',    'usage.measured cores=99999 memory_gib=32 seconds=1 cpu_mean=1 cpu_peak=1 memory_peak_mib=1 oom_killed=0 disk_mib=1 network_mib=1'],
  ['less than nothing',  'usage.measured cores=4 memory_gib=32 seconds=-1 cpu_mean=1 cpu_peak=1 memory_peak_mib=1 oom_killed=0 disk_mib=1 network_mib=1'],
])('%s on a console is no usage', (_what, console) => {
  expect(usageIn(console)).toBeNull();
});
