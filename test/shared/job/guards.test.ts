import { describe, expect, test } from 'vitest';
import { RunnersYaml } from '../../../shared/config/config.ts';
import { parseLabels } from '../../../shared/job/labels.ts';

const PLACEMENT = { region: 'cn-hangzhou', zones: { k: 'vsw-k1' }, securityGroup: 'sg-a1' };
const config = RunnersYaml.parse({
  repositories: { allow: ['acme/*'] },
  placements: [PLACEMENT],
  images: {
    amd64: { family: 'x' },
    arm64: { family: 'y' },
    cuda: { id: 'm-1a', arch: 'amd64' },
    licensed: { id: 'm-1b', arch: 'amd64', repositories: ['acme/ml'] },
  },
  profiles: {
    gpu: { arch: 'amd64', type: 'ecs.gn7i', image: 'cuda', repositories: ['acme/ml'] },
    vision: { arch: 'amd64', type: 'ecs.gn7i.2xlarge', repositories: ['acme/vision'] },
    fast: { type: 'ecs.c8y', repositories: ['acme/ml'] },
    anyfast: { type: 'ecs.c8y' },
    cheap: { arch: 'amd64', type: 'ecs.u1', repositories: ['acme/ml'] },
    variant: { arch: 'amd64', type: 'ecs.e-c1m1', repositories: ['acme/ml'] },
    huge: { cpu: 64, repositories: ['acme/kernel', 'other/*'] },
    sealed: { cpu: 2, repositories: [] },
  },
});

// biome-ignore format: a table reads best as a table.
const rows: [labels: string, repository: string, refused: RegExp | null][] = [
  ['gpu', 'acme/ml', null],
  ['gpu', 'acme/app', /^the profile 'gpu' is not for the repository acme\/app: profiles\.gpu\.repositories keeps it for others$/],
  ['huge arm64', 'Acme/Kernel', null],
  ['huge arm64', 'other/any', null],
  ['huge arm64', 'acme/app', /profiles\.huge\.repositories/],
  ['sealed arm64', 'acme/app', /profiles\.sealed\.repositories/],
  ['amd64 ecs.gn7i', 'acme/app', /^the type ecs\.gn7i is not for the repository acme\/app: profiles\.gpu\.repositories/],
  ['amd64 ecs.gn7i.16xlarge', 'acme/app', /profiles\.gpu\.repositories/],
  ['amd64 ECS.GN7I', 'acme/app', /profiles\.gpu\.repositories/],
  ['amd64 ecs.gn7i.2xlarge', 'acme/vision', null],
  ['vision', 'acme/vision', null],
  ['vision', 'acme/app', /the profile 'vision'/],
  ['vision', 'acme/ml', /the profile 'vision'/],
  ['amd64 ecs.gn7i.16xlarge', 'acme/vision', /profiles\.gpu\.repositories/],
  ['amd64 ecs.gn7i', 'acme/vision', /profiles\.gpu\.repositories/],
  ['amd64 ecs.gn7', 'acme/app', null],
  ['amd64 ecs.u1-c1m2', 'acme/app', /profiles\.cheap\.repositories/],
  ['amd64 ecs.u1-c1m2.2xlarge', 'acme/app', /profiles\.cheap\.repositories/],
  ['amd64 ecs.e', 'acme/app', /profiles\.variant\.repositories/],
  ['amd64 ecs.e-c1m1.large', 'acme/ml', null],
  ['amd64 image-cuda', 'acme/app', /^the image 'cuda' is not for the repository acme\/app: profiles\.gpu\.repositories/],
  ['amd64 image-CUDA', 'acme/app', /profiles\.gpu\.repositories/],
  ['amd64 image-cuda', 'acme/ml', null],
  ['amd64 image-licensed', 'acme/app', /^the image 'licensed' is not for the repository acme\/app: images\.licensed\.repositories/],
  ['amd64 image-licensed', 'acme/ml', null],
  ['anyfast amd64 ecs.gn7i', 'acme/app', /profiles\.gpu\.repositories/],
  ['arm64 ecs.c8y', 'acme/app', null],
  ['arm64', 'acme/app', null],
];

describe('a machine that is kept for some', () => {
  test.each(rows)('%s asked for by %s', (labels, repository, refused) => {
    const parsed = parseLabels(['self-hosted', 'aliyun', ...labels.split(' ')], repository, config);
    if (refused === null) return expect(parsed.kind).toBe('ours');
    expect(parsed).toEqual({ kind: 'refused', because: expect.stringMatching(refused), isForbidden: true });
  });

  test('a mistake in labels is refused, and forbids nothing', () => {
    expect(parseLabels(['self-hosted', 'aliyun'], 'acme/app', config)).toMatchObject({
      kind: 'refused',
      isForbidden: false,
    });
  });

  test('the image of an architecture may be kept, too: a plain job is refused then', () => {
    const kept = {
      ...config,
      images: {
        ...config.images,
        arm64: { family: 'y', metadata: 'hardened' as const, repositories: ['acme/ml'] },
      },
    };
    const ask = (repository: string | null) =>
      parseLabels(['self-hosted', 'aliyun', 'arm64'], repository, kept).kind;
    expect([ask('acme/app'), ask('acme/ml'), ask(null)]).toEqual(['refused', 'ours', 'ours']);
  });
});
