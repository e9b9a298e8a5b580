/** The tools of `mirror.tools` on real systems: where setup actions look, whose they are, and never in the runner's way. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toolArchive } from '../../../simulator/tools.ts';
import { bootOne, giveJob, type One } from '../boot-one.ts';
import { type Cloud, MIRROR, openCloud } from '../cloud.ts';

const sha256Of = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

interface Kept {
  readonly folder: string;
  readonly version: string;
  readonly os?: string;
  readonly archive: Buffer;
  readonly sha256?: string;
}
const kept = (folder: string, version: string, tool = folder): Kept => ({
  ...{ folder, version },
  archive: toolArchive(tool, version.replace('-', '+'), `${folder}-${version}`),
});
const NODE = kept('node', '20.11.1');
const GO = kept('go', '1.22.5');
const JAVA = kept('Java_Temurin-Hotspot_jdk', '21.0.4-7', 'java');
/** Built for another system than these machines have. */
const PYTHON = { ...kept('Python', '3.12.4', 'python'), os: 'ubuntu24.04' };
/** Asked for, and never answered. */
const SILENT = kept('node', '18.0.0');
/** The bucket has none. */
const MISSING = kept('go', '1.21.0');
const SPOILT = { ...kept('node', '22.0.0'), sha256: 'f'.repeat(64) };

const keyOf = ({ folder, version }: Kept): string => `tools/${folder}-${version}.tar.gz`;
const lineOf = (each: Kept): string => {
  const { folder, version, os = '-', archive, sha256 = sha256Of(archive) } = each;
  return [folder, version, 'x64', os, sha256, archive.length, keyOf(each)].join(' ');
};
const listOf = (all: readonly Kept[]): string => `${all.map(lineOf).join('\n')}\n`;
const LISTS = {
  good: listOf([NODE, GO, JAVA, PYTHON]),
  spoilt: listOf([SPOILT, MISSING, NODE]),
  silent: listOf([SILENT, NODE]),
};
const listKeyOf = (name: string): string => `tools/list-${name}.txt`;

const OBJECTS = Object.fromEntries([
  ...[NODE, GO, JAVA, PYTHON, SILENT, SPOILT].map((each) => [keyOf(each), each.archive]),
  ...Object.entries(LISTS).map(([name, list]) => [listKeyOf(name), Buffer.from(list)]),
]);

/** What lies where the setup actions look, whose it is, and what it says when it is run. */
const STEPS = `
cd "$RUNNER_TOOL_CACHE"
find . -mindepth 1 -printf 'lies %P of %u\\n'
for program in node/*/x64/bin/node go/*/x64/bin/go Java*/*/x64/bin/java; do [ -x "$program" ] && "$program" ran; done
mkdir --parents own/1.0.0/x64 && echo writable
[ "$RUNNER_TOOL_CACHE" = "$AGENT_TOOLSDIRECTORY" ] && echo agreed
`;

let cloud: Cloud;
beforeAll(async () => {
  cloud = await openCloud(() => STEPS, {
    hasRunner: true,
    objects: OBJECTS,
    isUnanswered: (path) => path === `/${keyOf(SILENT)}` || path === `/${listKeyOf('away')}`,
  });
});
afterAll(() => cloud.close());

const bootWith = (name: keyof typeof LISTS | 'away'): Promise<One> => {
  const list = name === 'away' ? '' : LISTS[name];
  return bootOne(cloud, {
    tools: { url: `https://${MIRROR}/${listKeyOf(name)}`, sha256: sha256Of(list) },
  });
};

async function ran(one: One): Promise<string> {
  const job = giveJob(cloud, one);
  await one.stops(150_000);
  expect(job.conclusion, one.story()).toBe('success');
  expect(one.log()).toMatch(/writable\s[\s\S]*agreed/);
  // Nothing of root's in the job's own folder, and nothing half done.
  expect(one.log()).not.toMatch(/lies \S+ of (?!runner$)/m);
  expect(one.log()).not.toContain('lies .ci-runner/node');
  return one.log();
}

const place = ({ folder, version }: Kept): string => `lies ${folder}/${version}/x64.complete of runner`;

test.concurrent('each tool lies where its setup action looks, is the runner’s own, and runs', async () => {
  const one = await bootWith('good');
  const log = await ran(one);
  for (const each of [NODE, GO, JAVA]) {
    expect(log).toContain(place(each));
    expect(log).toContain(`${each.folder}-${each.version} ran`);
  }
  expect(log).toContain('Tools from the mirror: node 20.11.1, go 1.22.5, Java_Temurin-Hotspot_jdk 21.0.4-7,');
  expect(log).not.toContain('lies Python');
  expect(cloud.asked).not.toContain(`${MIRROR} /${keyOf(PYTHON)}`);
});

test.concurrent('one with another checksum and one that is missing are not there; the next one is, and the job runs', async () => {
  const one = await bootWith('spoilt');
  const log = await ran(one);
  expect(one.trace()).toContain('tool.not_brought node 22.0.0 because=checksum!');
  expect(one.trace()).toContain('tool.not_brought go 1.21.0 because=refused!');
  expect(log).toContain(place(NODE));
  expect(log).not.toMatch(/lies (node\/22|go)/);
});

test.concurrent.each(['silent', 'away'] as const)(
  'where an archive, or the list, does not come, the runner is there all the same, and its job after 20 s (%s)',
  async (name) => {
    const one = await bootWith(name);
    await cloud.until('the runner', () => one.trace().includes('runner.online'), 60_000, one.story);
    expect(one.trace(), one.story()).not.toContain('tool.');
    const log = await ran(one);
    const [, online] = /\+(\d+)s runner\.online/.exec(one.trace()) ?? [];
    const [, ended] = /\+(\d+)s runner\.ended/.exec(one.trace()) ?? [];
    expect(Number(ended) - Number(online)).toBeLessThan(35);
    expect(log).not.toContain(place(SILENT));
  },
);
