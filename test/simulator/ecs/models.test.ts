import { expect, test } from 'vitest';
import { MINUTE_MS, REGION, START_MS, TYPES, type Words, world } from '../../shared/adapters/ecs/fixture.ts';
import { fieldOf, type Model, models } from '../../shared/adapters/ecs/models.ts';

test('every field that the simulator answers is in the SDK’s models', async () => {
  const { ecs, clock, good, run } = world();
  const [id = ''] = run({ ...good(), 'Tag.1.Key': 'a', SpotStrategy: 'SpotAsPriceGo' });
  await clock.runUntil(START_MS + MINUTE_MS);
  ecs.interrupt(id);
  const calls: Record<string, Words> = {
    RunInstances: good(),
    DescribeInstances: { AdditionalAttributes: 'META_OPTIONS' },
    GetInstanceConsoleOutput: { InstanceId: id },
    DescribeDisks: { InstanceId: id },
    DescribeInstanceTypes: {},
    DescribeAvailableResource: { DestinationResource: 'SystemDisk', InstanceType: TYPES.arm },
    DescribeSpotPriceHistory: { NetworkType: 'vpc', InstanceType: TYPES.arm },
    DescribeSpotAdvice: { 'InstanceTypes.1': TYPES.arm },
    DescribeImageFromFamily: { ImageFamily: 'acs:ubuntu_24_04_x64' },
    DescribeRegions: {},
    DescribePrice: { InstanceType: TYPES.arm, SpotStrategy: 'SpotAsPriceGo' },
    DescribeSecurityGroups: {},
    DescribeSecurityGroupAttribute: { SecurityGroupId: `sg-${REGION}` },
    DescribeKeyPairs: {},
    DescribeAccountAttributes: {},
  };
  const strangers = Object.entries(calls).flatMap(([action, params]) => {
    const model = models[`${action}ResponseBody`] as Model;
    const paths = pathsOf(ecs.call(REGION, action, params), []);
    expect(paths.length, action).toBeGreaterThan(0);
    return paths.filter((path) => fieldOf(model, path) === null).map((path) => `${action} ${path.join('.')}`);
  });
  expect([...new Set(strangers)]).toEqual([]);
});

function pathsOf(value: unknown, path: string[]): string[][] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, path));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, [...path, name]));
}
