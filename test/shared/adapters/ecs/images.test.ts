/** What Image Builder is asked, and what the simulator answers, in the words of the SDK's models. */
import { expect, test } from 'vitest';
import { ecsImages } from '../../../../shared/adapters/ecs/images.ts';
import type { BuildOrder } from '../../../../shared/runner/images/image-builder.ts';
import { MINUTE_MS, REGION, START_MS, world } from './fixture.ts';
import { fieldOf, type Model, models } from './models.ts';

const ORDER: BuildOrder = {
  ...{
    name: 'ci-amd64-0123456789ab-t5w2k0',
    image: 'amd64',
    arch: 'amd64',
    base: { family: 'acs:ubuntu_24_04_x64' },
  },
  ...{ buildContent: 'RUN true\n', testContent: 'RUN true\n', instanceType: null, diskGiB: 40 },
  ...{ bandwidthMbit: 0, resourceGroup: null, toRegions: [REGION] },
  vSwitch: `vsw-${REGION}-h`,
  tags: { costCenter: 'ci', 'ci-runner-deployment': 'ci', 'ci-runner-image': 'amd64' },
};

test('one build: each parameter and each answer is in the SDK’s models, and begun twice it is begun once', async () => {
  const { ecs, clock } = world();
  const strangers: string[] = [];
  const check = (model: string, paths: string[][]) =>
    strangers.push(
      ...paths
        .filter((path) => fieldOf(models[model] as Model, path) === null)
        .map((path) => `${model} ${path.join('.')}`),
    );
  const call = async (region: string, action: string, params: Readonly<Record<string, string>>) => {
    check(
      `${action}Request`,
      Object.keys(params).map((name) => name.split('.').filter((part) => !/^\d+$/.test(part))),
    );
    const answer = ecs.call(region, action, params) as Record<string, unknown>;
    check(`${action}ResponseBody`, pathsOf(answer, []));
    return answer;
  };
  const images = ecsImages({ call, pause: async () => undefined, deployment: 'ci' });
  const [first, second] = [await images.begin(REGION, ORDER), await images.begin(REGION, ORDER)];
  expect(second).toEqual(first);
  await clock.runUntil(START_MS + 30 * MINUTE_MS);
  expect(await images.progress(REGION, ORDER.name)).toMatchObject({ kind: 'built', step: 'SUCCESS' });
  const [made] = (await images.images(REGION)).things;
  expect(made).toMatchObject({ image: 'amd64', isAvailable: true, isHardened: false, sizeGiB: 40 });
  await images.harden(REGION, made?.id ?? '');
  expect((await images.images(REGION)).things[0]?.isHardened).toBe(true);
  const snapshot = made?.snapshotIds[0] ?? '';
  expect(await images.removeSnapshot(REGION, snapshot)).toBe('kept');
  expect([
    await images.remove(REGION, made?.id ?? ''),
    await images.removeSnapshot(REGION, snapshot),
  ]).toEqual(['gone', 'gone']);
  await images.forget(REGION, ORDER.name);
  await images.forget(REGION, ORDER.name);
  expect(await images.progress(REGION, ORDER.name)).toBeNull();
  expect([...new Set(strangers)]).toEqual([]);
});

test('an image without both of our tags is not listed, so nobody deletes it', async () => {
  const { ecs } = world();
  const { images } = ecs.region(REGION).network;
  const strange = (id: string, tags: Record<string, string>) =>
    images.push({
      ...{ id, family: null, arch: 'amd64', sizeGiB: 40, isPublic: false },
      made: { name: id, tags: new Map(Object.entries(tags)), atMs: 0, snapshotId: 's-1' },
    });
  strange('m-of-a-person', { 'ci-runner-deployment': 'ci' });
  strange('m-of-another', { 'ci-runner-deployment': 'other', 'ci-runner-image': 'amd64' });
  const call = async (region: string, action: string, params: Readonly<Record<string, string>>) =>
    ecs.call(region, action, params) as Record<string, unknown>;
  const builder = ecsImages({ call, pause: async () => undefined, deployment: 'ci' });
  expect((await builder.images(REGION)).things).toEqual([]);
});

test('a pipeline is found among sixty whose names hold its own, and its newest execution is its last', async () => {
  const { ecs, clock } = world();
  const call = async (region: string, action: string, params: Readonly<Record<string, string>>) =>
    ecs.call(region, action, params) as Record<string, unknown>;
  const images = ecsImages({ call, pause: async () => undefined, deployment: 'ci' });
  for (let at = 0; at < 60; at++) await images.begin(REGION, { ...ORDER, name: `${ORDER.name}_${at}` });
  expect(await images.progress(REGION, ORDER.name)).toBeNull();
  await clock.runUntil(START_MS + 30 * MINUTE_MS);
  await images.begin(REGION, ORDER);
  await clock.runUntil(START_MS + 60 * MINUTE_MS);
  expect((await images.builds(REGION)).things).toHaveLength(61);
  const listed = await call(REGION, 'DescribeImagePipelines', { Name: ORDER.name, MaxResults: '500' });
  const { ImagePipelineSet } = listed.ImagePipeline as { ImagePipelineSet: { ImagePipelineId: string }[] };
  const { ImagePipelineId = '' } = ImagePipelineSet.at(-1) ?? {};
  await call(REGION, 'StartImagePipelineExecution', { ImagePipelineId });
  expect(await images.progress(REGION, ORDER.name)).toMatchObject({ kind: 'runs', step: 'PREPARING' });
});

function pathsOf(value: unknown, path: string[]): string[][] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, path));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, [...path, name]));
}
