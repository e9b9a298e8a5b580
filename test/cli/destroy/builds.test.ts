/** What is being built when a deployment is removed. */
import { expect, test } from 'vitest';
import { type Build, buildsIn, type Images, stopBuilds } from '../../../cli/destroy/images.ts';
import { ecsImages } from '../../../shared/adapters/ecs/images.ts';
import { MINUTE_MS } from '../../functions/fixture.ts';
import { opened } from '../../functions/images-fixture.ts';

const REGIONS = ['cn-hangzhou'];

test('a build that runs is cancelled, and leaves neither pipeline nor image', async () => {
  const { world } = await opened();
  expect(await world.until(() => world.ecs.pipelines().length === 1, 40 * MINUTE_MS)).toBe(true);
  await world.pass(4 * MINUTE_MS);
  const { callEcs, pause, config } = world.adapters();
  const images = ecsImages({ call: callEcs, pause, deployment: config.name });
  const said: string[] = [];
  const sleep = (ms: number) => new Promise<void>((resolve) => void world.clock.after(ms, resolve));
  let isDone: boolean | undefined;
  const stopping = buildsIn(REGIONS, images)
    .then((builds) => stopBuilds(builds, images, { say: (line) => void said.push(line), sleep }))
    .then((done) => {
      isDone = done;
    });
  await world.until(() => isDone !== undefined, 5 * MINUTE_MS);
  await stopping;
  expect(isDone).toBe(true);
  expect(said).toEqual([
    expect.stringMatching(/^the build ci-arm64-.* in cn-hangzhou is told to stop$/),
    expect.stringMatching(/^the build ci-arm64-.* is gone$/),
  ]);
  expect(world.ecs.pipelines()).toEqual([]);
  world.fc.close();
});

test('a build that ECS does not let go is named, with what to do, and nothing more is removed then', async () => {
  const runs = { kind: 'runs', step: 'TESTING', imageId: null, because: null } as const;
  const images = { progress: async () => runs, cancel: async () => 'IncorrectExecutionStatus' };
  const said: string[] = [];
  const world = { say: (line: string) => void said.push(line), sleep: async () => undefined };
  const builds = [{ region: 'cn-hangzhou', name: 'ci-arm64-1' }];
  expect(await stopBuilds(builds, images as unknown as Images, world)).toBe(false);
  expect(said.at(-1)).toMatch(
    /goes on \(IncorrectExecutionStatus\)\. Cancel it in the console .* npm run destroy again/,
  );
});

test('of what has our tag, only what is named as our builds are is ours: a pipeline that a person copied stays', async () => {
  const { world } = await opened();
  expect(await world.until(() => world.ecs.pipelines().length === 1, 40 * MINUTE_MS)).toBe(true);
  const { callEcs, pause, config } = world.adapters();
  const words = {
    ...{ BaseImageType: 'IMAGE_FAMILY', BaseImage: 'acs:ubuntu_24_04_x64', BuildContent: 'RUN true' },
    ...{ VSwitchId: Object.values(config.placements[0]?.zones ?? {})[0] ?? '', SystemDiskSize: '40' },
    ...{ 'ImageOptions.ImageName': 'team', 'Tag.1.Key': 'ci-runner-deployment' },
  };
  const theirs = [
    { Name: 'team-base', 'Tag.1.Value': 'ci' },
    { Name: 'ci-2-arm64-0123456789ab-t5x1k0', 'Tag.1.Value': 'ci-2' },
  ];
  const images = ecsImages({ call: callEcs, pause, deployment: config.name });
  const make = (each: object) => callEcs('cn-hangzhou', 'CreateImagePipeline', { ...words, ...each });
  let found: readonly Build[] | undefined;
  const looking = Promise.all(theirs.map(make)).then(async () => {
    found = await buildsIn(REGIONS, images);
  });
  await world.until(() => found !== undefined, MINUTE_MS);
  await looking;
  expect(found).toEqual([{ region: 'cn-hangzhou', name: expect.stringMatching(/^ci-arm64-/) }]);
  world.fc.close();
});
