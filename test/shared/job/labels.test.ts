import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../shared/config/parse.ts';
import { covers, isAllowed, parseLabels } from '../../../shared/job/labels.ts';
import type { Requirements } from '../../../shared/nouns.ts';

const minimal = {
  repositories: { allow: ['my-org/*'] },
  placements: [{ region: 'cn-hangzhou', zones: { k: 'vsw-1a' }, securityGroup: 'sg-1a' }],
};
const configOf = (more: object = {}) => {
  const parsed = parseConfig({ ...minimal, ...more });
  if (parsed.kind === 'wrong') throw new Error(parsed.mistakes.join('\n'));
  return parsed.config;
};
const config = configOf({
  profiles: { big: { cpu: 32, repositories: ['my-org/kernel'] }, Tiny: { cpu: 2, memory: 2, arch: 'amd64' } },
  spot: { onDemandLabel: 'allow' },
  images: { amd64: { family: 'x' }, arm64: { family: 'y' }, baked: { id: 'm-1a', arch: 'arm64' } },
});
const ask = (text: string, repository = 'my-org/app', on = config) =>
  parseLabels(['self-hosted', 'aliyun', ...text.split(' ').filter(Boolean)], repository, on);

// biome-ignore format: a table reads best as a table.
const understood: [labels: string, asks: Partial<Requirements>][] = [
  ['arm64',                    { arch: 'arm64', cpu: { min: 8, max: 8 }, memoryGiB: { min: 16, max: null }, diskGiB: 40, capacityType: 'spot', image: 'arm64' }],
  ['AARCH64 Linux',            { arch: 'arm64' }],
  ['x64',                      { arch: 'amd64', memoryGiB: { min: 8, max: null } }],
  ['x86_64 16cpu',             { cpu: { min: 16, max: 16 }, memoryGiB: { min: 16, max: null } }],
  ['arm64 8-32cpu',            { cpu: { min: 8, max: 32 }, memoryGiB: { min: 16, max: null } }],
  ['arm64 8+cpu',              { cpu: { min: 8, max: null }, memoryGiB: { min: 16, max: null, perCore: 2 } }],
  ['amd64 8+cpu 24gb',         { cpu: { min: 8, max: null }, memoryGiB: { min: 24, max: null } }],
  ['amd64 16gb',               { memoryGiB: { min: 16, max: null } }],
  ['amd64 16-64gb',            { memoryGiB: { min: 16, max: 64 } }],
  ['amd64 spot-instance',      { capacityType: 'spot' }],
  ['amd64 on-demand',          { capacityType: 'on-demand' }],
  ['amd64 ecs.c7.2xlarge',     { type: 'ecs.c7.2xlarge' }],
  ['arm64 ecs.c8y',            { type: 'ecs.c8y' }],
  ['amd64 disk-100gb',         { diskGiB: 100 }],
  ['image-baked',              { arch: 'arm64', image: 'baked' }],
  ['tiny',                     { arch: 'amd64', cpu: { min: 2, max: 2 }, memoryGiB: { min: 2, max: null }, profile: 'Tiny' }],
  ['tiny 4cpu',                { cpu: { min: 4, max: 4 }, profile: 'Tiny' }],
  ['arm64 arm64',              { arch: 'arm64' }],
];

test.each(understood)('%s is understood', (labels, asks) => {
  expect(ask(labels)).toMatchObject({ kind: 'ours', requirements: asks });
});

// biome-ignore format: a table reads best as a table.
const refused: [labels: string, because: RegExp][] = [
  ['',                       /names? no architecture/],
  ['amr64',                  /'amr64' is not understood; is 'amd64' or 'arm64' meant\?/],
  ['arm64 gpu-of-my-dreams', /not understood/],
  ['arm64 amd64',            /name an architecture twice: arm64 and amd64/],
  ['arm64 8cpu 16cpu',       /a number of cores twice/],
  ['arm64 big tiny',         /a profile twice/],
  ['arm64 debug',            /'debug' is not taken here: defaults\.debug is refuse/],
  ['arm64 windows',          /only linux/],
  ['arm64 macos',            /only linux/],
  ['arm64 32-8cpu',          /smaller number first/],
  ['arm64 0cpu',             /no cores/],
  ['arm64 0+cpu',            /no cores/],
  ['arm64 0gb',              /no GiB of memory/],
  ['arm64 2000cpu',          /asks for 2000 cores, and limits\.cpu is/],
  ['arm64 10000-20000cpu',   /more than 9999 cores/],
  ['arm64 10000gb',          /more than 9999 GiB of memory/],
  ['arm64 disk-5gb',         /20 to 2048 GiB/],
  ['arm64 disk-0gb',         /20 to 2048 GiB/],
  ['arm64 disk-10000gb',     /20 to 2048 GiB/],
  ['arm64 8-16+cpu',         /not understood/],
  ['arm64 disk-10gb',        /20 to 2048 GiB/],
  ['arm64 image-none',       /no image 'none'/],
  ['amd64 image-baked',      /not for amd64/],
  ['arm64 big',              /not for the repository my-org\/app/],
];

test.each(refused)('%s is refused with its reason', (labels, because) => {
  const answer = ask(labels);
  expect(answer.kind).toBe('refused');
  expect(answer).toHaveProperty('because', expect.stringMatching(because));
});

describe('architecture', () => {
  test('need not be named where one is offered', () => {
    const one = configOf({ images: { arm64: { family: 'y' } } });
    expect(ask('', 'my-org/app', one)).toMatchObject({ requirements: { arch: 'arm64' } });
    expect(ask('amd64', 'my-org/app', one)).toMatchObject({ kind: 'refused' });
  });

  test('need not be named where the operator allows any', () => {
    expect(ask('', 'my-org/app', configOf({ allowAnyArchitecture: true }))).toMatchObject({
      requirements: { arch: 'amd64' },
    });
  });
});

test('a job without all base labels is somebody else’s', () => {
  expect(parseLabels(['self-hosted', 'arm64'], 'my-org/app', config)).toEqual({ kind: 'foreign' });
  expect(parseLabels(['Self-Hosted', 'ALIYUN', 'arm64'], 'my-org/app', config)).toMatchObject({
    kind: 'ours',
  });
});

test('a runner covers a job when it has every label of it, whatever the case', () => {
  expect(covers(['self-hosted', 'aliyun', 'arm64'], ['ALIYUN', 'self-hosted'])).toBe(true);
  expect(covers(['self-hosted', 'aliyun'], ['aliyun', 'arm64'])).toBe(false);
});

test('the allow-list knows owners and names, without case, and no prefixes', () => {
  expect(isAllowed('My-Org/App', ['my-org/*'])).toBe(true);
  expect(isAllowed('my-org-evil/app', ['my-org/*'])).toBe(false);
  expect(isAllowed('my-org/app2', ['my-org/app'])).toBe(false);
});
