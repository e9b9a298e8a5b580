import { describe, expect, test } from 'vitest';
import {
  inMinutes,
  MINUTE_MS,
  REGION,
  START_MS,
  TYPES,
  type Words,
  world,
  zoneWith,
} from '../../shared/adapters/ecs/fixture.ts';

describe('RunInstances refuses', () => {
  test('PL0 for types that take older disks too: that they take it is in no document', () => {
    const { good, refused } = world();
    const level = { 'SystemDisk.PerformanceLevel': 'PL0' };
    expect(refused('RunInstances', { ...good(TYPES.middle), ...level })).toBe(
      'InvalidPerformanceLevel.ValueNotSupported',
    );
    expect(refused('RunInstances', { ...good(TYPES.arm), ...level })).toBe('nothing');
  });

  // biome-ignore format: a table reads best as a table.
  test.each<[what: string, change: Words, code: string]>([
    ['nothing, when all is well',           {},                                                       'nothing'],
    ['a dry run, as its way of saying yes', { DryRun: 'true' },                                       'DryRunOperation'],
    ['a release in 29 minutes',             { AutoReleaseTime: inMinutes(29) },                       'InvalidAutoReleaseTime.Malformed'],
    ['seconds that do not count',           { AutoReleaseTime: inMinutes(30.4) },                     'InvalidAutoReleaseTime.Malformed'],
    ['a release in four years',             { AutoReleaseTime: '2030-11-21T08:00:00Z' },              'InvalidAutoReleaseTime.Malformed'],
    ['a release time of another form',      { AutoReleaseTime: '2026-11-21 10:00' },                  'InvalidAutoReleaseTime.Malformed'],
    ['an unknown strategy',                 { SpotStrategy: 'SpotForFree' },                          'InvalidSpotStrategy'],
    ['six hours of protection',             { SpotStrategy: 'SpotAsPriceGo', SpotDuration: '6' },     'InvalidSpotDuration'],
    ['a limit of four decimals',            { SpotStrategy: 'SpotWithPriceLimit', SpotPriceLimit: '1.2345' }, 'InvalidSpotPriceLimit'],
    ['a limit that is too low',             { SpotStrategy: 'SpotWithPriceLimit', SpotPriceLimit: '0.001' },  'InvalidSpotPriceLimit.LowerThanPublicPrice'],
    ['a limit without the strategy',        { SpotStrategy: 'SpotAsPriceGo', SpotPriceLimit: '1' },   'InvalidSpotPriceLimit'],
    ['a token of 65 characters',            { ClientToken: 'x'.repeat(65) },                          'InvalidClientToken.ValueNotSupported'],
    ['a token that is not ASCII',           { ClientToken: 'tökén' },                                 'InvalidClientToken.ValueNotSupported'],
    ['32 KB and a byte of user data',       { UserData: Buffer.alloc(32 * 1024 + 1, 'x').toString('base64') }, 'InvalidUserData.SizeExceeded'],
    ['user data as it is',                  { UserData: '#!/bin/bash' },                              'InvalidUserData.Base64FormatInvalid'],
    ['a tag of aliyun',                     { 'Tag.1.Key': 'aliyun-mine' },                           'InvalidTagKey.Malformed'],
    ['a tag without a key',                 { 'Tag.1.Value': 'x' },                                   'InvalidTagKey.Malformed'],
    ['a tag with a URL',                    { 'Tag.1.Key': 'a', 'Tag.1.Value': 'http://x' },          'InvalidTagValue.Malformed'],
    ['a tag twice',                         { 'Tag.1.Key': 'a', 'Tag.2.Key': 'a' },                   'Duplicate.TagKey'],
    ['21 tags',                             Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`Tag.${n + 1}.Key`, `k${n}`])), 'InvalidParameter'],
    ['a name of one letter',                { InstanceName: 'a' },                                    'InvalidInstanceName.Malformed'],
    ['a name with spaces',                  { InstanceName: 'my runner' },                            'InvalidInstanceName.Malformed'],
    ['a host name that ends in a hyphen',   { HostName: 'runner-' },                                  'InvalidHostName.Malformed'],
    ['a disk that the type does not take',  { 'SystemDisk.Category': 'cloud_efficiency' },            'InvalidSystemDiskCategory.ValueNotSupported'],
    ['a disk smaller than the image',       { 'SystemDisk.Size': '19', 'SystemDisk.PerformanceLevel': 'PL0' }, 'InvalidSystemDiskSize'],
    ['an image of the other architecture',  { ImageFamily: 'acs:ubuntu_24_04_x64' },                  'ImageNotSupportInstanceType'],
    ['an image and a family',               { ImageId: 'm-1' },                                       'InvalidParameter.Conflict'],
    ['an unknown image',                    { ImageFamily: 'acs:dos' },                               'InvalidImageId.NotFound'],
    ['an unknown type',                     { InstanceType: 'ecs.c99.large' },                        'InvalidInstanceType.ValueNotSupported'],
    ['an unknown vSwitch',                  { VSwitchId: 'vsw-none' },                                'InvalidVSwitchId.NotFound'],
    ['an unknown zone',                     { ZoneId: 'cn-hangzhou-z' },                              'InvalidZoneId.NotFound'],
    ['an unknown security group',           { SecurityGroupId: 'sg-none' },                           'InvalidSecurityGroupId.NotFound'],
    ['two ways of naming the group',        { 'SecurityGroupIds.1': 'sg-cn-hangzhou' },               'InvalidParameter.Conflict'],
    ['an unknown key pair',                 { KeyPairName: 'kp-none' },                               'InvalidKeyPair.NotFound'],
    ['an unknown resource group',           { ResourceGroupId: 'rg-none' },                           'InvalidResourceGroup.NotFound'],
    ['an unknown role',                     { RamRoleName: 'admin' },                                 'InvalidRamRole.NotFound'],
    ['an unknown way of metadata',          { HttpTokens: 'please' },                                 'InvalidParameter'],
    ['101 Mbit/s',                          { InternetMaxBandwidthOut: '101' },                       'InvalidParameter'],
    ['101 instances',                       { Amount: '101' },                                        'InvalidParameter'],
    ['a subscription',                      { InstanceChargeType: 'PrePaid' },                        'InvalidParameter'],
  ])('%s', (_what, change, code) => {
    const { ecs, good, refused } = world();
    expect(refused('RunInstances', { ...good(), ...change })).toBe(code);
    expect(ecs.alive()).toHaveLength(code === 'nothing' ? 1 : 0);
  });

  test('a vSwitch of another zone, one without addresses, one that is not ready, a group that is full', () => {
    const { ecs, good, refused } = world();
    const params = good();
    const { network, zones } = ecs.region(REGION);
    const other = zones.find((zone) => !params.VSwitchId?.endsWith(zone)) ?? '';
    expect(refused('RunInstances', { ...params, ZoneId: other })).toBe('InvalidParameter.Mismatch');
    const vSwitch = network.vSwitches.get(params.VSwitchId ?? '');
    if (vSwitch === undefined) throw new Error('no vSwitch');
    vSwitch.freeIps = 0;
    expect(refused('RunInstances', params)).toBe('InvalidVSwitchId.IpInvalid');
    vSwitch.status = 'Pending';
    expect(refused('RunInstances', params)).toBe('IncorrectVSwitchStatus');
    Object.assign(vSwitch, { freeIps: 10, status: 'Available' });
    network.securityGroups.set('sg-cn-hangzhou', { id: 'sg-cn-hangzhou', vpc: vSwitch.vpc, instancesMax: 0 });
    expect(refused('RunInstances', params)).toBe('SecurityGroupInstanceLimitExceed');
  });

  test('the instance for which no address is left, until one is given back', async () => {
    const { ecs, clock, good, run, refused } = world();
    const vSwitch = ecs.region(REGION).network.vSwitches.get(good().VSwitchId ?? '');
    if (vSwitch === undefined) throw new Error('no vSwitch');
    vSwitch.freeIps = 1;
    const [id = ''] = run(good());
    expect(refused('RunInstances', good())).toBe('InvalidVSwitchId.IpInvalid');
    await clock.runUntil(START_MS + MINUTE_MS);
    ecs.call(REGION, 'DeleteInstance', { InstanceId: id, Force: 'true' });
    await clock.runUntil(START_MS + 2 * MINUTE_MS);
    expect(refused('RunInstances', good())).toBe('nothing');
  });

  test('what is beyond a quota, and what is out of stock until it is back', async () => {
    const { ecs, clock, good, run, refused } = world();
    const params = good();
    const zone = zoneWith(ecs, TYPES.arm);
    ecs.setStock(zone, TYPES.arm, 1);
    const [id] = run(params);
    expect(refused('RunInstances', params)).toBe('OperationDenied.NoStock');
    await clock.runUntil(START_MS + MINUTE_MS);
    ecs.call(REGION, 'DeleteInstance', { InstanceId: id ?? '', Force: 'true' });
    await clock.runUntil(START_MS + 2 * MINUTE_MS);
    expect(refused('RunInstances', params)).toBe('nothing');
    ecs.setStock(zone, TYPES.arm, null);
    ecs.setQuota({ vcpusPerFamily: 8 });
    expect(refused('RunInstances', params)).toBe('QuotaExceed.ElasticQuota');
    ecs.setQuota({ instances: 1 });
    expect(refused('RunInstances', params)).toBe('QuotaExceed.AfterpayInstance');
  });

  test('all, where not all can be had, unless less is enough', () => {
    const { ecs, good, run, refused } = world();
    ecs.setStock(zoneWith(ecs, TYPES.arm), TYPES.arm, 3);
    expect(refused('RunInstances', { ...good(), Amount: '5' })).toBe('OperationDenied.NoStock');
    expect(run({ ...good(), Amount: '5', MinAmount: '2' })).toHaveLength(3);
  });
});

test('pages of Image Builder are 1 to 500 long, and a token that is not of the list is refused', () => {
  const { refused } = world();
  for (const words of [{ MaxResults: '0' }, { MaxResults: '501' }, { NextToken: 'of-another-list' }])
    expect(refused('DescribeImagePipelines', words)).toBe('InvalidParameter');
});

test('there is an Ubuntu 24.04 for ARM, and no 22.04', () => {
  const { ecs } = world();
  const images = ['24', '22'].map((year) =>
    ecs.call(REGION, 'DescribeImageFromFamily', { ImageFamily: `acs:ubuntu_${year}_04_arm64` }),
  );
  expect(images).toEqual([{ Image: expect.anything() }, {}]);
});
