/** `npm run prove` against the simulators: each fact turned both ways, and a run killed at each of its calls. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { clean } from '../../../cli/prove/clean.ts';
import { FACT_IDS, type FactId } from '../../../cli/prove/facts.ts';
import { exitCodeOf, type Proof, pageOf } from '../../../cli/prove/page.ts';
import { TAG } from '../../../shared/names.ts';
import { type Cloud, CONFIG, type Death, openCloud, type Turned } from './cloud.ts';

const verdictOf = (proof: Proof, id: FactId) => proof.facts.find((each) => each.id === id);
const alive = ({ ecs }: Cloud) => ecs.alive().map(({ name }) => name);
const made = (cloud: Cloud) => ({
  instances: alive(cloud),
  roles: [...cloud.management.roles.keys()],
  policies: [...cloud.management.policies.keys()],
  intention: cloud.intention(),
});
const NOTHING = { instances: [], roles: [], policies: [], intention: null };

test('all is as assumed: it says so, costs less than one yuan, and leaves nothing', async () => {
  const cloud = openCloud();
  const proof = await cloud.prove();
  expect(proof.facts.filter(({ verdict }) => verdict !== 'as assumed')).toEqual([]);
  expect(proof.facts.map(({ id }) => id)).toEqual(FACT_IDS);
  expect(exitCodeOf(proof)).toBe(0);
  expect(made(cloud)).toEqual(NOTHING);
  const paid = cloud.ecs.paid();
  expect(paid).toHaveLength(2);
  expect(paid.reduce((sum, { instanceCost, diskCost }) => sum + instanceCost + diskCost, 0)).toBeLessThan(1);
  expect(proof.cost.estimated).toBeLessThanOrEqual(proof.cost.atMost);
  expect(proof.cost.atMost).toBeLessThanOrEqual(1);
});

test('the boot is told by its milestones, in seconds since the launch was asked for', async () => {
  const { milestones } = await openCloud().prove();
  const names = [
    'boot.began',
    'extra.ran',
    'runner.fetched',
    'runner.starting',
    'runner.ended',
    'seen Stopped',
  ];
  const seconds = names.map((name) => milestones[name] ?? -1);
  expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
  expect(seconds[0]).toBeGreaterThan(12);
});

const V1 = { Features: { ImdsSupport: 'v1' } };
const INTERNAL_LATE = { delays: { listLagMs: [130_000, 130_000] } } as const;
// biome-ignore format: a table reads best as a table.
const turns: [id: FactId, turned: Turned, seen: RegExp, isBreaking: boolean][] = [
  ['signature',      { signatures: ['fc'] },                                    /acs3: 403 SignatureNotMatch/, true],
  ['ledger',         { isSweeping: false },                                     /no sweep in 3 minutes/,       true],
  ['image',          { image: V1 },                                             /ImdsSupport v1/,              true],
  ['image',          { image: { Architecture: 'arm64' } },                      /is arm64, not x86_64/,        true],
  ['image',          { image: { Size: 400 } },                                  /disk of 400 GiB/,             true],
  ['rights',         { ecs: { ways: { tagsNeedRight: true } } },                /Forbidden.RAM with the laun/, true],
  ['launch',         { ecs: { soldOut: 1 } },                                   /refused with OperationDenie/, true],
  ['idempotent',     { ecs: { ways: { tokens: 'forgotten' } } },                /another instance/,            false],
  ['lag',            { ecs: INTERNAL_LATE },                                    /too late/,                    false],
  ['early-deletion', { ecs: { ways: { deletionWhileStarting: 'taken' } } },     /taken/,                       false],
  ['early-deletion', { ecs: { ways: { deletionWhileStarting: 'not found' } } }, /NotFound, while it is there/, false],
  ['release-time',   { ecs: { ways: { releaseTimes: 'dropped' } } },            /has none/,                    false],
  ['disk-tags',      { ecs: { ways: { diskTags: 'missing' } } },                /0 of 1 disks/,                false],
  ['boot',           { boot: { isSilent: true } },                              /no line of ours/,             true],
  ['metadata',       { boot: { withoutToken: '200' } },                         /without a token 200/,         true],
  ['metadata',       { boot: { withToken: '403' } },                            /with one 403/,                true],
  ['packages',       { boot: { packages: 'failed' } },                          /could not be fetched/,        false],
  ['mirror',         { boot: { host: 'github.com' } },                          /from GitHub/,                 false],
  ['reach',          { boot: { reach: { release: '206/0.9/180000' } } },        /release 0.9 s 0.2 MB\/s/,    false],
  ['reach',          { boot: { reach: { codeload: '000/0.0/0' } } },            /codeload no answer in 15 s/,  false],
  ['reach-mirrors',  { boot: { reach: { bucket: '403/0.02/200' } } },           /bucket 0.0 s refused \(403/,  false],
  ['stop',           { boot: { staysUp: true } },                               /Running after its deadline/,  true],
];

test.each(turns)(
  '%s turned by %j is told, with what follows, and nothing is left',
  async (id, turned, seen, isBreaking) => {
    const cloud = openCloud(turned);
    const proof = await cloud.prove();
    expect(verdictOf(proof, id)).toMatchObject({
      verdict: 'otherwise',
      consequence: expect.stringMatching(/.{20}/),
    });
    expect(verdictOf(proof, id)?.seen).toMatch(seen);
    expect(exitCodeOf(proof)).toBe(isBreaking ? 1 : 0);
    expect(made(cloud)).toEqual(NOTHING);
    expect(pageOf(proof)).toContain(`${verdictOf(proof, id)?.consequence}`);
  },
);

test('each fact is turned by one of these, or by none that can be', () => {
  expect([...new Set(turns.map(([id]) => id))].sort()).toEqual([...FACT_IDS].sort());
});

test('without a runner in the ledger the boot is not told, and the rest is', async () => {
  const cloud = openCloud({ release: null });
  const proof = await cloud.prove();
  expect(verdictOf(proof, 'boot')?.seen).toContain('npm run mirror');
  expect(verdictOf(proof, 'idempotent')?.verdict).toBe('as assumed');
  expect(made(cloud)).toEqual(NOTHING);
});

describe('whatever is interrupted', () => {
  test('Ctrl-C at any step ends the asking, and what was made is removed', async () => {
    const titles: string[] = [];
    await openCloud().prove(null, undefined, (title) => void titles.push(title));
    for (const at of titles.slice(0, -1)) {
      const cloud = openCloud();
      const leaving = new AbortController();
      const proof = await cloud.prove(null, leaving.signal, (title) => {
        if (title === at) leaving.abort();
      });
      expect(made(cloud), at).toEqual(NOTHING);
      expect(proof.clean).toBe(true);
      const isBefore = titles.indexOf(at) <= titles.indexOf('a spot instance');
      if (isBefore) expect(cloud.ecs.paid(), at).toEqual([]);
      expect(
        proof.facts.some(({ seen }) => seen === 'left before the end'),
        at,
      ).toBe(true);
    }
  });

  test('a death at any call leaves nothing without a tag and a release time, and --clean removes it all', async () => {
    const whole = openCloud();
    await whole.prove();
    expect(whole.calls()).toBeGreaterThan(40);
    const calls = Array.from({ length: whole.calls() }, (_, at) => at + 1);
    for (const atCall of calls)
      for (const when of ['before', 'after'] as const) await dieAndClean({ atCall, when });
  }, 60_000);

  test('a death and nobody to clean: instances are gone within the hour all the same', async () => {
    const cloud = openCloud({ boot: { staysUp: true } });
    await cloud.prove({ atCall: 40, when: 'after' });
    expect(alive(cloud).length).toBeGreaterThan(0);
    await cloud.clock.runUntil(cloud.clock.nowMs() + 60 * 60_000);
    expect(alive(cloud)).toEqual([]);
  });

  test('--clean touches nothing that prove did not make, and waits for what is listed late', async () => {
    const cloud = openCloud({ ecs: { delays: { listLagMs: [90_000, 90_000] } } });
    const other = {
      ...SOMEONES,
      'Tag.1.Key': TAG.deployment,
      'Tag.1.Value': CONFIG.name,
      InstanceName: 'ci-runner-amd64-spot-1-1',
    };
    cloud.ecs.call('cn-hangzhou', 'RunInstances', other);
    cloud.ecs.failNext('RunInstances', 'timeout-after', 3);
    await cloud.prove();
    expect(alive(cloud)).toEqual(['ci-runner-amd64-spot-1-1']);
  });
});

async function dieAndClean(death: Death): Promise<void> {
  const cloud = openCloud();
  await cloud.prove(death);
  const at = JSON.stringify(death);
  for (const { tags, releaseAtMs } of cloud.ecs.alive()) {
    expect(tags.get(TAG.prove), at).toBe(CONFIG.name);
    expect(releaseAtMs, at).toBeGreaterThan(0);
  }
  if (JSON.stringify(made(cloud)) !== JSON.stringify(NOTHING)) expect(cloud.intention(), at).not.toBeNull();
  await cloud.passing(clean(cloud.world()));
  expect(made(cloud), at).toEqual(NOTHING);
}

const SOMEONES = {
  ...{
    RegionId: 'cn-hangzhou',
    InstanceType: 'ecs.c7.large',
    VSwitchId: 'vsw-cn-hangzhou-h',
    SecurityGroupId: 'sg-cn-hangzhou',
  },
  ...{ ImageFamily: 'acs:ubuntu_24_04_x64', 'SystemDisk.Category': 'cloud_essd' },
};

test('what is sent to others has no id of an account, a resource or a bucket', async () => {
  const turned = { signatures: [], boot: { host: 'acme-ci-mirror.oss-cn-hangzhou-internal.aliyuncs.com' } };
  const proof = await openCloud(turned).prove();
  const said = `${JSON.stringify(proof)}${pageOf(proof)}`;
  for (const id of ['1234567890123456', 'acme', 'vsw-', 'sg-cn', '"i-', 'STS.', 'canary'])
    expect(said).not.toContain(id);
});

test('the trace is read by words that the machine says', () => {
  const folder = new URL('../../../userdata/', import.meta.url);
  const script = readdirSync(folder)
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
  const words =
    'boot.began,extra.ran,runner.fetched host=,runner.in_image,runner.starting,runner.ended'.split(',');
  expect(words.filter((word) => !new RegExp(`log ['"]${word}`).test(script))).toEqual([]);
});
