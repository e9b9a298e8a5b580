import { describe, expect, test } from 'vitest';
import { coresMax, whyKeptBack } from '../../../shared/job/bounds.ts';
import { parseLabels } from '../../../shared/job/labels.ts';
import { config as configOf } from '../advisor/builders.ts';

const config = configOf({
  profiles: {
    huge: { cpu: '64-96', disk: 1000, arch: 'amd64' },
    gpu: { type: 'ecs.gn7i', arch: 'amd64' },
    whole: { type: 'ecs.c8y.32xlarge', arch: 'arm64' },
    steady: { capacity: 'on-demand', arch: 'arm64' },
  },
});
const ask = (text: string, on = config) =>
  parseLabels(['self-hosted', 'aliyun', ...text.split(' ')], 'my-org/app', on);
const allowing = configOf({ spot: { onDemandLabel: 'allow' }, limits: { cpu: 128, disk: 2048 } });
const listed = configOf({
  limits: { types: ['ecs.c8*', 'ecs.g8y.2xlarge'] },
  profiles: { gpu: { type: 'ecs.gn7i' } },
});

// biome-ignore format: a table reads best as a table.
const refused: [labels: string, because: RegExp, on?: typeof config][] = [
  ['arm64 104cpu',             /104 cores, and limits\.cpu is 64/],
  ['arm64 8-128cpu',           /128 cores, and limits\.cpu is 64/],
  ['arm64 65+cpu',             /65 cores, and limits\.cpu is 64/],
  ['arm64 disk-501gb',         /501 GiB, and limits\.disk is 500/],
  ['arm64 on-demand',          /spot\.onDemandLabel is refuse/],
  ['huge 97cpu',               /97 cores, and limits\.cpu is 64/],
  ['huge disk-1001gb',         /1001 GiB, and limits\.disk is 500/],
  ['huge on-demand',           /spot\.onDemandLabel is refuse/],
  ['arm64 ecs.g8y',            /limits\.types does not have ecs\.g8y$/, configOf({ limits: { types: ['ecs.c8*'] } })],
];
test.each(refused)('%s is refused', (labels, because, on = config) => {
  expect(ask(labels, on)).toMatchObject({ kind: 'refused', because: expect.stringMatching(because) });
});

// biome-ignore format: a table reads best as a table.
const taken: [labels: string, on?: typeof config][] = [
  ['arm64 64cpu'], ['arm64 64+cpu'], ['arm64 disk-500gb'], ['huge'], ['huge 96cpu'], ['huge disk-1000gb'],
  ['steady'], ['steady on-demand'], ['whole'], ['arm64 104cpu disk-2048gb on-demand', allowing],
  ['arm64 ecs.c8y', listed], ['arm64 ecs.g8y.2xlarge', listed], ['arm64 ecs.g8y', listed], ['gpu amd64', listed],
];
test.each(taken)('%s is taken', (labels, on = config) => {
  expect(ask(labels, on).kind).toBe('ours');
});

describe('which types a job may have', () => {
  const type = (name: string, cpu = 8, isSpecial = false) => ({
    ...{ type: name, cpu, isSpecial },
    family: name.slice(0, name.lastIndexOf('.')),
  });
  // biome-ignore format: a table reads best as a table.
  const cases: [what: string, sold: ReturnType<typeof type>, profile: string | null, because: RegExp | null, on?: typeof config][] = [
    ['an ordinary one',                   type('ecs.c8y.2xlarge'),            null,    null],
    ['one of too many cores',             type('ecs.c8y.32xlarge', 128),      null,    /limits\.cpu is 64/],
    ['those that a profile asks for',     type('ecs.c8y.24xlarge', 96),       'huge',  null],
    ['an exact type of a profile',        type('ecs.c8y.32xlarge', 128),      'whole', null],
    ['another type of that profile’s jobs', type('ecs.c7.32xlarge', 128),     'whole', /limits\.cpu is 64/],
    ['a variant of a listed family',      type('ecs.c8y-c1m2.2xlarge'),       null,    null, listed],
    ['a GPU without a profile',           type('ecs.gn7i.2xlarge', 8, true),  null,    /no profile of the job names it/],
    ['a GPU under another profile',       type('ecs.gn7i.2xlarge', 8, true),  'huge',  /no profile of the job names it/],
    ['a GPU under its profile',           type('ecs.gn7i.2xlarge', 8, true),  'gpu',   null],
    ['one that limits.types lists',       type('ecs.c8y.2xlarge'),            null,    null, listed],
    ['one that limits.types lacks',       type('ecs.g8y.4xlarge'),            null,    /limits\.types does not have it/, listed],
    ['one that limits.types lacks, and a profile names', type('ecs.gn7i.2xlarge', 8, true), 'gpu', null, listed],
  ];
  test.each(cases)('%s', (_what, sold, profile, because, on = config) => {
    const why = whyKeptBack(sold, { profile }, on);
    if (because === null) expect(why).toBeNull();
    else expect(why).toMatch(because);
  });

  test('the most cores are the greatest that the operator wrote', () => {
    expect(coresMax({ profile: null, type: null }, config)).toBe(64);
    expect(coresMax({ profile: 'huge', type: null }, config)).toBe(96);
    expect(coresMax({ profile: 'whole', type: 'ecs.c7' }, config)).toBe(64);
    expect(coresMax({ profile: null, type: null }, configOf({ defaults: { cpu: '80+' } }))).toBe(80);
  });
});

test('a repository has half of the runners, unless the operator says otherwise', () => {
  const of = (limits: object) => configOf({ limits }).limits.runnersPerRepository;
  expect([of({}), of({ runners: 7 }), of({ runners: 1 }), of({ runnersPerRepository: null })]).toEqual([
    50,
    4,
    1,
    null,
  ]);
});
