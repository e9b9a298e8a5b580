import { expect, test } from 'vitest';
import { DISKS, type Disk, type RunSetting, runParameters } from '../../../../shared/adapters/ecs/request.ts';
import type { Candidate } from '../../../../shared/nouns.ts';
import { account, MINUTE_MS, placement, REGION, requestFor, START_MS, TYPES } from './fixture.ts';

const { ecs } = account();
const setting: RunSetting = {
  placements: [placement],
  images: { arm64: { family: 'acs:ubuntu_24_04_arm64' }, mine: { id: 'm-123' } },
  spotDuration: 0,
  ramRole: null,
  diskEncryption: null,
};

function said(change: object = {}, candidate: Partial<Candidate> = {}, more: Partial<RunSetting> = {}) {
  const request = requestFor(ecs, TYPES.arm, change);
  const full = { ...request, candidate: { ...request.candidate, ...candidate } };
  return runParameters(full, DISKS[0] as Disk, { ...setting, ...more }, START_MS) as Record<string, string>;
}

// biome-ignore format: a table reads best as a table.
const bids: [what: string, candidate: Partial<Candidate>, words: object][] = [
  ['a limit, to three decimals',  { priceLimit: 0.123456 },          { SpotStrategy: 'SpotWithPriceLimit', SpotPriceLimit: '0.123', SpotDuration: '0' }],
  ['a round limit',               { priceLimit: 1.2 },               { SpotStrategy: 'SpotWithPriceLimit', SpotPriceLimit: '1.2' }],
  ['a limit of many ninths',      { priceLimit: 0.1 + 0.2 },         { SpotStrategy: 'SpotWithPriceLimit', SpotPriceLimit: '0.3' }],
  ['at market price',             { priceLimit: null },              { SpotStrategy: 'SpotAsPriceGo', SpotInterruptionBehavior: 'Terminate' }],
  ['on demand',                   { capacityType: 'on-demand' },     { SpotStrategy: 'NoSpot', InstanceChargeType: 'PostPaid' }],
];
test.each(bids)('%s', (_what, candidate, words) => {
  const params = said({}, candidate);
  expect(params).toMatchObject(words);
  expect('SpotPriceLimit' in params).toBe('SpotPriceLimit' in words);
  expect('SpotDuration' in params).toBe(candidate.capacityType !== 'on-demand');
});

test('an image that does not do with tokens alone is launched without that demand', () => {
  const images = { arm64: { family: 'acs:ubuntu_24_04_arm64', metadata: 'any' as const } };
  expect(said({}, {}, { images }).HttpTokens).toBe('optional');
});

test.each([
  [null, {}],
  ['default', { 'SystemDisk.Encrypted': 'true' }],
  ['key-hzz65f3a68554', { 'SystemDisk.Encrypted': 'true', 'SystemDisk.KMSKeyId': 'key-hzz65f3a68554' }],
])('a disk is encrypted by %s', (diskEncryption, words) => {
  const asked = Object.entries(said({}, {}, { diskEncryption })).filter(([name]) => /Encrypt|KMS/.test(name));
  expect(Object.fromEntries(asked)).toEqual(words);
});

test('the metadata of an instance needs a token, and holds no role unless one is configured', () => {
  expect(said().HttpTokens).toBe('required');
  expect('RamRoleName' in said()).toBe(false);
  expect(said({}, {}, { ramRole: 'ci-instance' }).RamRoleName).toBe('ci-instance');
});

test('the way out is the network’s, or an address of its own, paid by traffic', () => {
  expect(Object.keys(said()).filter((name) => name.startsWith('Internet'))).toEqual([]);
  const open = { ...placement, egress: 'public-ip' as const, bandwidthMbit: 50 };
  expect(said({}, {}, { placements: [open] })).toMatchObject({
    InternetMaxBandwidthOut: '50',
    InternetChargeType: 'PayByTraffic',
  });
});

test('what is not configured is not said', () => {
  const bare = { ...placement, keyPair: null, resourceGroup: null };
  const params = said({}, {}, { placements: [bare] });
  expect('KeyPairName' in params || 'ResourceGroupId' in params).toBe(false);
  expect(said()).toMatchObject({ KeyPairName: 'kp-ci', ResourceGroupId: 'rg-ci' });
});

test('an image is a family’s newest, or exactly one', () => {
  expect(said()).toMatchObject({ ImageFamily: 'acs:ubuntu_24_04_arm64' });
  const params = said({ image: 'mine' });
  expect(params).toMatchObject({ ImageId: 'm-123' });
  expect('ImageFamily' in params).toBe(false);
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['upwards to the minute',            61.2, '2026-11-21T09:02:00Z'],
  ['never nearer than 32 minutes',      5,   '2026-11-21T08:33:00Z'],
])('the release time goes %s', (_what, minutes, text) => {
  expect(said({ releaseAtMs: START_MS + minutes * MINUTE_MS }).AutoReleaseTime).toBe(text);
});

test('the vSwitch is found by the zone’s letter, also where no hyphen is before it', () => {
  const singapore = { ...placement, region: 'ap-southeast-1', zones: { a: 'vsw-sg-a' } };
  const params = said({}, { region: 'ap-southeast-1', zone: 'ap-southeast-1a' }, { placements: [singapore] });
  expect(params).toMatchObject({ VSwitchId: 'vsw-sg-a', ZoneId: 'ap-southeast-1a' });
});

test('without a vSwitch or an image there is nothing to ask for', () => {
  expect(said({}, { zone: `${REGION}-z` })).toBe('NoVSwitch');
  expect(said({}, { region: 'cn-atlantis' })).toBe('NoVSwitch');
  expect(said({ image: 'unheard-of' })).toBe('NoImage');
});

test('an ESSD of the level at half the price is asked for first; other disks have no level', () => {
  expect(said()).toMatchObject({ 'SystemDisk.Category': 'cloud_essd', 'SystemDisk.PerformanceLevel': 'PL0' });
  const request = requestFor(ecs, TYPES.arm);
  const auto = runParameters(request, { category: 'cloud_auto' }, setting, START_MS);
  expect(auto).toMatchObject({ 'SystemDisk.Category': 'cloud_auto' });
  expect('SystemDisk.PerformanceLevel' in (auto as object)).toBe(false);
});

test('a request cannot be changed between two tries', () => {
  expect(Object.isFrozen(said())).toBe(true);
});
