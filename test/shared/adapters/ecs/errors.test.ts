import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KNOWN_CODES } from '../../../../shared/adapters/ecs/errors.ts';
import { UNAVAILABLE_MS, UNAVAILABLE_PLACE_MS } from '../../../../shared/limits.ts';
import type { RunOutcome } from '../../../../shared/ports.ts';
import { MINUTE_MS, overTheWire, requestFor, START_MS, TYPES } from './fixture.ts';

/** What the launcher must make of each code: HTTP status and code, as the API reference lists them. */
const MEANINGS: Record<string, string> = {
  'unavailable, the offering, for minutes': `403 OperationDenied.NoStock, 400 ResourceNotAvailable,
    403 OperationDenied.ResourceControl, 403 OperationDenied, 403 OperationDenied.PaygNotAvailable,
    403 OperationDenied.FlavorNotSupported, 403 NodeControllerUnavailable, 403 InvalidInstanceType.ZoneNotSupported,
    400 InvalidInstanceType.ValueNotSupported, 400 InvalidInstanceType.ValueUnauthorized,
    403 InvalidInstanceType.NotSupported, 403 InstanceType.Offline, 403 InvalidResourceType.NotSupported,
    403 ImageNotSupportInstanceType, 400 InvalidParameter.Conflict, 400 InvalidSpotPriceLimit.LowerThanPublicPrice,
    403 OperationDenied.SpotPriceLowerThanPublicPrice`,
  'unavailable, the offering, for long': `403 EnterpriseGroupLimited.InstanceType,
    400 InvalidOperation.NotSupportEnterpriseGroup, 403 EnterpriseGroupLimited.MutliGroupType,
    400 InvalidOperation.MultiGroupType, 400 InvalidOperation.VpcHasEnabledAdvancedNetworkFeature`,
  'unavailable, the placement, until a person acts': `403 InvalidEncrypted.NotMatchDiskDefaultEncryption,
    403 InvalidRegion.NotSupport`,
  'the image, until a person acts': `404 InvalidImageId.NotFound, 403 InvalidImageFamily.MissingAvailableImage,
    403 OperationDenied.ImageNotValid, 403 ImageNotSubscribed, 403 ImageRemovedInMarket, 403 QuotaExceed.BuyImage, 404 InvalidMarketImage.NotFound, 400 ImageNotSupportCloudInit, 400 InvalidHttpTokens.NotSupported`,
  'unavailable, the zone, for minutes': `403 Zone.NotOnSale, 403 Zone.NotOpen, 403 OperationDenied.ZoneNotAllowed,
    400 InvalidVpcZone.NotSupported,
    400 QuotaExceeded.PrivateIpAddress, 403 InvalidVSwitchId.IpInvalid, 403 InvalidVSwitchId.IpNotEnough, 400 IncorrectVSwitchStatus`,
  'unavailable, the zone, for long': `404 InvalidVSwitchId.NotFound, 404 InvalidVSwitchId.NotExist,
    404 InvalidZoneId.NotFound, 400 InvalidParameter.Mismatch`,
  'used up, of the family': '403 QuotaExceed.ElasticQuota',
  'used up, of the placement': `400 QuotaExceed.AfterpayInstance, 400 QuotaExceeded, 403 QuotaExceed.PostPaidDisk,
    403 SecurityGroupInstanceLimitExceed, 400 QuotaExceeded.InternetBandwidth`,
  'unavailable, the placement, for minutes':
    '403 InvalidOperation.PublicIpAddressNoStock, 400 IncorrectVpcStatus',
  'unavailable, the placement, for long': `400 InvalidSecurityGroupId.NotFound, 404 InvalidSecurityGroupId, 403 OperationDenied.InconsistentNetwork, 404 InvalidKeyPair.NotFound, 404 InvalidResourceGroup.NotFound,
    404 InvalidRegionId.NotFound, 404 InvalidKeyPairName.NotFound, 403 RegionUnauthorized, 403 OperationDenied.RegionIdNotSupported`,
  'the next disk': `403 CategoryNotSupported, 403 InvalidDiskCategory.NotSupported,
    403 InvalidSystemDiskCategory.ValueNotSupported, 403 InvalidSystemDiskCategory.ValueUnauthorized,
    400 InvalidDiskCategory.ValueNotSupported, 403 InvalidInstanceType.NotSupportDiskCategory,
    403 OperationDenied.CloudSSDNotSupported, 403 OperationDenied.ZoneSystemCategoryNotMatch, 400 InvalidDiskCategory.ZoneNotSupported, 400 QuotaExceed.DiskCapacity, 403 NotSupportSnapshotEncrypted.DiskCategory`,
  'the next level of the disk': `400 InvalidPerformanceLevel.ValueNotSupported, 400 InvalidPerformanceLevel.Malformed,
    403 OperationDenied.PerformanceLevelNotMatch, 403 InvalidDiskSize.TooSmall`,
  'throttled until the next minute': `400 Throttling, 503 Throttling.User, 429 Throttling.Api,
    503 Throttling.ConcurrentLimitExceeded, 503 Rejected.Throttling`,
  'said again, and unknown if that does not help': `400 LastTokenProcessing, 400 Idempotence.Processing,
    400 LastOrderProcessing, 400 LastRequestProcessing, 404 OperationDenied.CreatingConflict, 409 OperationConflict, 500 InternalError,
    503 ServiceUnavailable, 400 UnknownError, 500 InvalidImage.OSType`,
  'said again, and put off if that does not help': '400 SignatureNonceUsed',
  unknown: '400 IdempotentParameterMismatch',
  'fatal: money': `403 InvalidAccountStatus.NotEnoughBalance, 403 InsufficientBalance, 400 Account.Arrearage,
    404 PaymentMethodNotFound, 403 InvalidPayMethod, 400 InvalidAccountStatus.PayAmountLimitExceeded,
    403 InsufficientBalance.AgentCredit, 403 OperationDenied.IllegalPaymentPolicy, 400 InvalidOperation.UserNotSupported`,
  'fatal: the account': `403 RealNameAuthenticationError, 403 Forbidden.RiskControl, 403 SecurityRisk.3DVerification,
    403 InvalidAccountStatus, 400 AccountForbidden.ProductCreationLimited, 403 UserNotInTheWhiteList, 400 InvalidSpotAuthorized, 400 InvalidSpotAliUid`,
  'fatal: permission': `403 Forbbiden, 403 Forbidden, 403 Forbidden.RAM, 403 NoPermission,
    403 InvalidUser.PassRoleForbidden, 404 InvalidRamRole.NotFound, 401 InvalidRamRole.NotEcsRole`,
  'fatal: the key': `404 InvalidAccessKeyId.NotFound, 403 InvalidAccessKeyId.Inactive,
    403 InvalidSecurityToken.Expired, 403 InvalidSecurityToken.Malformed,
    400 InvalidSecurityToken.MismatchWithAccessKey, 400 MissingSecurityToken, 400 SignatureDoesNotMatch,
    400 IncompleteSignature, 400 InvalidTimeStamp.Expired`,
  'fatal: our words': `400 InvalidUserData.SizeExceeded, 403 InvalidUserData.Forbidden,
    400 InvalidUserData.Base64FormatInvalid, 400 InvalidSpotStrategy, 400 InvalidSpotDuration,
    400 InvalidSpotPriceLimit, 400 InvalidAutoReleaseTime.Malformed, 400 InvalidTagKey.Malformed,
    400 InvalidTagValue.Malformed, 403 QuotaExceed.Tags, 400 Duplicate.TagKey, 400 InvalidInstanceName.Malformed,
    400 InvalidClientToken.ValueNotSupported, 400 MissingParameter`,
  refused: `404 InvalidSystemDiskSize, 404 InvalidSystemDiskSize.LessThanImageSize,
    404 InvalidSystemDiskSize.LessThanMinSize, 400 InvalidSystemDiskSize.ValueNotSupported,
    403 IncorrectInstanceStatus, 404 InvalidInstanceId.NotFound`,
};

const rows = Object.entries(MEANINGS).flatMap(([meaning, codes]) =>
  codes.split(/,\s+/).map((text): [code: string, status: number, meaning: string] => {
    const [status, code] = text.split(' ');
    return [code as string, Number(status), meaning];
  }),
);

let fixture: Awaited<ReturnType<typeof overTheWire>>;
let tokens = 0;
beforeAll(async () => {
  fixture = await overTheWire({ callsPerMinute: { RunInstances: 100_000 } });
});
afterAll(() => fixture.wire.close());

const request = () => requestFor(fixture.ecs, TYPES.arm, { clientToken: `t-${++tokens}` });
const made = () => fixture.ecs.alive().length;

const ADVICE = expect.stringMatching(/^[a-z].{20,}/);

function expected(code: string, meaning: string): object {
  if (meaning.startsWith('unavailable')) return unavailable(code, meaning);
  if (meaning.startsWith('the image')) return { kind: 'image', code, advice: ADVICE };
  if (meaning.startsWith('used up'))
    return { kind: 'used-up', code, scope: meaning.includes('family') ? 'family' : 'placement' };
  if (meaning.startsWith('throttled'))
    return { kind: 'throttled', code, retryAtMs: START_MS + MINUTE_MS / 2 };
  if (meaning.endsWith('put off if that does not help'))
    return { kind: 'throttled', code, retryAtMs: START_MS + MINUTE_MS };
  if (meaning.includes('unknown')) return { kind: 'unknown', code, isSilent: expect.any(Boolean) };
  if (meaning.startsWith('fatal')) return { kind: 'fatal', code, advice: ADVICE };
  return { kind: 'refused', code };
}

function unavailable(code: string, meaning: string): object {
  const scope = ['offering', 'zone', 'family', 'placement'].find((one) => meaning.includes(one));
  const isUntil = meaning.endsWith('until a person acts');
  const forMs = isUntil || meaning.endsWith('for long') ? UNAVAILABLE_PLACE_MS : UNAVAILABLE_MS;
  return { kind: 'unavailable', code, scope, forMs, ...(isUntil ? { advice: ADVICE } : {}) };
}

describe('each code of ECS has a meaning', () => {
  test.each(rows.filter(([, , meaning]) => !meaning.startsWith('the next')))(
    '%s (%i): %s',
    async (code, status, meaning) => {
      const before = made();
      const times = meaning.startsWith('said again') ? 3 : 1;
      fixture.ecs.failNext('RunInstances', { code, status }, times);
      expect(await fixture.instances.run(request())).toEqual(expected(code, meaning));
      expect(made()).toBe(before);
    },
  );

  test.each(rows.filter(([, , meaning]) => meaning.startsWith('said again')))(
    '%s (%i) is over in a moment',
    async (code, status) => {
      fixture.ecs.failNext('RunInstances', { code, status });
      expect(await fixture.instances.run(request())).toMatchObject({ kind: 'running' });
    },
  );

  test.each(rows.filter(([, , meaning]) => meaning.startsWith('the next')))(
    '%s (%i): %s',
    async (code, status, meaning) => {
      fixture.ecs.failNext('RunInstances', { code, status });
      expect(await fixture.instances.run(request())).toMatchObject({ kind: 'running' });
      const { category, level } = fixture.ecs.alive().at(-1)?.disk ?? {};
      const next = meaning === 'the next disk' ? 'cloud_auto' : 'cloud_essd PL1';
      expect(category === 'cloud_essd' ? `${category} ${level}` : category).toBe(next);
    },
  );

  test('and the table above has a row for every one', () => {
    expect(rows.map(([code]) => code).sort()).toEqual([...KNOWN_CODES].sort());
  });
});

describe('a code that nobody knows', () => {
  // biome-ignore format: a table reads best as a table.
  const cases: [code: string, status: number, isLoud: boolean, outcome: RunOutcome][] = [
    ['Strange.NewRule',                 400, true,  { kind: 'refused', code: 'Strange.NewRule', isUnknown: true }],
    ['Strange.NewRule',                 403, true,  { kind: 'refused', code: 'Strange.NewRule', isUnknown: true }],
    ['Strange.NewRule',                 408, true,  { kind: 'unknown', code: 'Strange.NewRule', isSilent: false }],
    ['Strange.NewRule',                 429, true,  { kind: 'throttled', code: 'Strange.NewRule', retryAtMs: START_MS + 30_000 }],
    ['OperationTimeout',                400, true,  { kind: 'unknown', code: 'OperationTimeout', isSilent: false }],
    ['Unknown',                         400, true,  { kind: 'unknown', code: 'Unknown', isSilent: false }],
    ['SystemBusy',                      409, true,  { kind: 'unknown', code: 'SystemBusy', isSilent: false }],
    ['Strange.NewRule',                 500, true,  { kind: 'unknown', code: 'Strange.NewRule', isSilent: true }],
    ['QuotaExceed.Strange',             403, false, { kind: 'used-up', code: 'QuotaExceed.Strange', scope: 'family' }],
    ['Throttling.Strange',              503, false, { kind: 'throttled', code: 'Throttling.Strange', retryAtMs: START_MS + 30_000 }],
  ];
  test.each(cases)(
    '%s (%i) is judged by its status, and loudly: %s',
    async (code, status, isLoud, outcome) => {
      fixture.ecs.failNext('RunInstances', { code, status }, 3);
      fixture.logged.length = 0;
      expect(await fixture.instances.run(request())).toEqual(outcome);
      const loud = fixture.logged.filter(({ event }) => event === 'ecs.surprised');
      expect(loud.some(({ fields }) => fields.code === code && fields.status === status)).toBe(isLoud);
      for (let n = 0; n < 2; n++) await fixture.instances.run(request()); // uses up what is left of the failures
    },
  );
});

test.each([
  'OperationDenied.NoStock',
  'InvalidImageId.NotFound',
  'InsufficientBalance',
  'CategoryNotSupported',
])('%s under HTTP 500 is no refusal: an instance may have been made', async (code) => {
  fixture.ecs.failNext('RunInstances', { code, status: 500 }, 3);
  expect(await fixture.instances.run(request())).toEqual({ kind: 'unknown', code, isSilent: true });
});

test.each([
  'InvalidParameter.KMSKeyId.NotFound',
  'InvalidParameter.KMSKeyId.CMKNotEnabled',
  'InvalidKMSKeyId.NotSymmetric',
  'InvalidParameter.KmsNotEnabled',
])('%s is told as the key’s', async (code) => {
  fixture.ecs.failNext('RunInstances', { code, status: 403 });
  expect(await fixture.instances.run(request())).toMatchObject({
    kind: 'unavailable',
    advice: expect.stringContaining('defaults.diskEncryption'),
  });
});

test('a refused spelling of the permission error advises what to do', async () => {
  fixture.ecs.failNext('RunInstances', { code: 'NoPermission.SLR', status: 403 });
  const outcome = await fixture.instances.run(request());
  expect(outcome).toMatchObject({ kind: 'fatal', advice: expect.stringContaining('permissions') });
});
