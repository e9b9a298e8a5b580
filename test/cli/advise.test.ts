import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advise } from '../../cli/advise/index.ts';
import type { AdviceRow } from '../../cli/advise/rows.ts';
import { table } from '../../cli/advise/table.ts';
import { PIPE } from '../../cli/shared/screen/screen.ts';
import { NOW_MS } from '../shared/advisor/builders.ts';

const folder = mkdtempSync(join(tmpdir(), 'advise-'));
const runnersYaml = join(folder, 'runners.yaml');
beforeAll(() =>
  writeFileSync(
    runnersYaml,
    `repositories: {allow: [my-org/*]}
placements: [{region: cn-hangzhou, zones: {b: vsw-b1, k: vsw-k1}, securityGroup: sg-1a}]
profiles: {kernel: {arch: arm64, cpu: 16, repositories: [my-org/kernel]}}
`,
  ),
);
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: readonly string[]) {
  const said = { out: '', err: '' };
  const code = await advise(args, {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    screen: PIPE,
    nowMs: () => NOW_MS,
  });
  return { code, ...said };
}
const simulated = (...args: readonly string[]) => run('--simulate', '--config', runnersYaml, ...args);
const rows = (out: string) => JSON.parse(out) as AdviceRow[];
const ARM = ['--labels', 'self-hosted,aliyun,arm64'];

describe('for a job', () => {
  test('a table of candidates in order, with why, what was left out, and prices in their currency', async () => {
    const { code, out } = await simulated(...ARM);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^1\tecs\.\w+\.2xlarge\tcn-hangzhou-[bk]\t8\t.*0\.\d{2,3}\t.*it is number 1 of \d+ by expected cost/m,
    );
    expect(out).toMatch(/Left out:\n {2}cn-hangzhou-/);
    expect(out).not.toContain('\u001b[');
  });

  test('the JSON has every field of spot-instance-advisor, in its units, and agrees with itself', async () => {
    const found = rows((await simulated(...ARM, '--json')).out);
    expect(found.length).toBeGreaterThan(1);
    for (const row of found) {
      expect(row).toMatchObject({
        arch: 'arm64',
        cpuCoreCount: 8,
        instanceFamily: row.instanceTypeId.replace(/\.\w+$/, ''),
      });
      expect(row.zoneId).toMatch(/^cn-hangzhou-[bk]$/);
      expect(row.memorySize).toBeGreaterThanOrEqual(16);
      expect(row.pricePerCore).toBeCloseTo((row.pricePerHour as number) / 8, 9);
      expect(row.discount).toBeCloseTo(
        (10 * (row.pricePerHour as number)) / (row.onDemandPricePerHour as number),
        9,
      );
      expect(row.possibility).toBeGreaterThan(0);
      expect(row.priceLimit).toBeLessThanOrEqual(row.onDemandPricePerHour as number);
    }
    const costs = found.map((row) => row.expectedCostPerHour as number);
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
  });

  test('a profile of one repository needs that repository', async () => {
    const labels = ['--labels', 'self-hosted,aliyun,kernel'];
    expect((await simulated(...labels)).err).toMatch(
      /the profile 'kernel' is not for the repository my-org\/any/,
    );
    const { out } = await simulated(...labels, '--repository', 'my-org/kernel', '--json');
    expect(new Set(rows(out).map((row) => row.cpuCoreCount))).toEqual(new Set([16]));
  });

  test('nothing with the cores asked for: wider ones, and a note', async () => {
    const { out, err } = await simulated('--labels', 'self-hosted,aliyun,arm64,20cpu', '--json');
    expect(new Set(rows(out).map((row) => row.cpuCoreCount))).toEqual(new Set([32]));
    expect(err).toMatch(/note: widened to at most 32 cores: nothing spot is available with fewer/);
  });

  test('nothing at all is said so', async () => {
    const { code, out } = await simulated('--labels', 'self-hosted,aliyun,arm64,4000gb');
    expect([code, out.split('\n')[0]]).toEqual([0, 'No instance type matches.']);
  });
});

describe('without a job, as spot-instance-advisor', () => {
  test('its options in its spelling, rows by price per core', async () => {
    const { code, out } = await run(
      '--simulate',
      '-region=cn-hangzhou',
      '-mincpu',
      '4',
      '-maxcpu=8',
      '-minmem=8',
      '-maxmem=16',
      '-arch',
      'arm64',
      '-family',
      'ecs.c8y,ecs.g8y',
      '-limit',
      '5',
      '--json',
    );
    const found = rows(out);
    expect(code).toBe(0);
    expect(found).toHaveLength(5);
    for (const row of found) {
      expect(row.instanceTypeId).toMatch(/^ecs\.[cg]8y\./);
      expect([4, 8]).toContain(row.cpuCoreCount);
      expect(row).toMatchObject({ arch: 'arm64', stock: expect.stringMatching(/ample|scarce/) });
    }
    const prices = found.map((row) => row.pricePerCore as number);
    expect(prices).toEqual([...prices].sort((a, b) => a - b));
  });

  test('resolution has an effect: possibility is of the days it names', async () => {
    const of = async (days: string) =>
      rows((await run('--simulate', '--family', 'ecs.c8y.2xlarge', '--resolution', days, '--json')).out)[0];
    const [day, month] = [await of('1'), await of('30')];
    expect([day?.instanceTypeId, day?.zoneId]).toEqual([month?.instanceTypeId, month?.zoneId]);
    expect(day?.possibility).not.toBe(month?.possibility);
    expect(day?.pricePerHour).toBe(month?.pricePerHour);
  });
});

// biome-ignore format: a table reads best as a table.
const wrong: [name: string, args: string[], message: RegExp][] = [
  ['an unknown option', ['--labes', 'x'], /unknown option '--labes'[\s\S]*--help shows the options/],
  ['a label that is not understood', ['--labels', 'self-hosted,aliyun,arm64,bigg'], /refused because .*bigg/],
  ['labels of somebody else', ['--labels', 'ubuntu-latest'], /must have all of self-hosted,aliyun/],
  ['no architecture', ['--labels', 'self-hosted,aliyun'], /add arm64 or amd64/],
  ['no labels at all', ['--labels', ','], /--labels is empty: give the job's runs-on/],
  ['a label range that runs backwards', ['--labels', 'self-hosted,aliyun,arm64,32-8cpu'], /write the smaller number first/],
  ['an impossible range', ['--mincpu', '16', '--maxcpu', '8'], /--mincpu 16 is more than --maxcpu 8: raise the one or lower the other/],
  ['an impossible range of memory', ['--minmem', '99'], /--minmem 99 is more than --maxmem 64/],
  ['a number that is none', ['--limit', 'many'], /--limit <number>.*must be a number from 0 to 100000/],
  ['an empty number', ['--cutoff', ''], /must be a number from 0 to 10/],
  ['an architecture that there is not', ['--arch', 'mips'], /must be x86_64 or arm64/],
  ['a look back that the cloud does not keep', ['--resolution', '31'], /must be a number from 1 to 30/],
  ['a filter beside labels', [...ARM, '--mincpu', '4'], /--mincpu goes without --labels: for a job, say it as a label such as 8-32cpu/],
  ['a misspelt region', ['--region', 'cn-hangzou'], /there is no cn-hangzou; is cn-hangzhou meant\?/],
  ['a region without vSwitches', [...ARM, '--region', 'cn-shanghai'], /no vSwitch in cn-shanghai: add it under placements in runners\.yaml with its zones, or take one of cn-hangzhou/],
  ['a stray word', ['arm64'], /too many arguments/],
];
test.each(wrong)('%s: exit code 2, and what to change', async (_name, args, message) => {
  const { code, out, err } = await simulated(...args);
  expect(err).toMatch(message);
  expect([code, out]).toEqual([2, '']);
});

test('a region that the cloud does not know: exit code 1 with its own word', async () => {
  const { code, err } = await simulated('--region', 'cn-nowhere');
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(/the market of cn-nowhere is unknown: .*InvalidRegionId\.NotFound/),
  ]);
});

test('help has examples, and is no mistake', async () => {
  const { code, out } = await run('--help');
  expect(code).toBe(0);
  expect(out).toMatch(/Examples:\n {2}npm run advise -- --labels self-hosted,aliyun,arm64/);
});

test('colour only where there are eyes for it: green up to the cutoff', () => {
  const row = {
    instanceTypeId: 'ecs.a.large',
    zoneId: 'z',
    discount: 2,
    currency: 'CNY',
    pricePerHour: 1,
  } as AdviceRow;
  const unknown = {
    pricePerCore: null,
    interruptionRate: null,
    stock: null,
    priceLimit: null,
    cpuCoreCount: 2,
    memorySize: 4,
    because: '',
  };
  const advice = { rows: [{ ...row, ...unknown }], leftOut: [], notes: [] };
  const screen = { width: 80, isColoured: true, isAscii: false };
  const green = '\u001b[32m1  ecs.a.large';
  expect(table(advice, { screen, cutoff: 2 })).toContain(green);
  expect(table(advice, { screen, cutoff: 1 })).not.toContain(green);
  expect(table(advice, { screen: PIPE, cutoff: 2 })).not.toContain('\u001b[');
});
