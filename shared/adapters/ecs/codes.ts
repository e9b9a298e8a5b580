/**
 * What each error code of ECS means to a launch. One line a code.
 * @see Alibaba Cloud API reference, RunInstances and CreateInstance, "Error codes"
 */
import { UNAVAILABLE_MS, UNAVAILABLE_PLACE_MS } from '../../limits.ts';

type Scope = 'offering' | 'zone' | 'family' | 'placement';

export type Meaning =
  /** No instance was made; remember it and go on. */
  | { readonly kind: 'unavailable'; readonly scope: Scope; readonly forMs: number }
  /** No instance was made: the account's quota is used up, until an instance ends or a person raises it. */
  | { readonly kind: 'used-up'; readonly scope: 'family' | 'placement' }
  /** No instance was made; go on. */
  | { readonly kind: 'refused' }
  /** This disk does not go with this type or zone: the same with the next kind of disk. */
  | { readonly kind: 'other-disk' }
  /** Nor this level of it: the same with its next level. */
  | { readonly kind: 'other-level' }
  /** Not before the next minute. */
  | { readonly kind: 'throttled' }
  /** Same request, same token, in a moment. */
  | { readonly kind: 'again' }
  /** An instance may exist. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'fatal'; readonly advice: string };

const soon = (scope: Scope): Meaning => ({ kind: 'unavailable', scope, forMs: UNAVAILABLE_MS });
const misnamed = (scope: Scope): Meaning => ({ kind: 'unavailable', scope, forMs: UNAVAILABLE_PLACE_MS });
export const usedUp = (scope: 'family' | 'placement'): Meaning => ({ kind: 'used-up', scope });
const fatal = (advice: string): Meaning => ({ kind: 'fatal', advice });
export const REFUSED: Meaning = { kind: 'refused' };
const OTHER_DISK: Meaning = { kind: 'other-disk' };
const OTHER_LEVEL: Meaning = { kind: 'other-level' };
export const THROTTLED: Meaning = { kind: 'throttled' };
export const AGAIN: Meaning = { kind: 'again' };
const UNKNOWN: Meaning = { kind: 'unknown' };

const PAY = fatal('top up the Alibaba Cloud account, or settle its bill');
const PAYMENT = fatal('give the Alibaba Cloud account a valid method of payment');
const ACCOUNT = fatal('sign in to the Alibaba Cloud console: the account must be verified before it may buy');
export const PERMISSION = fatal(
  'give the functions’ RAM role the permissions that `npm run setup` lists for ECS',
);
export const KEY = fatal(
  'check the access key or RAM role of the functions: Alibaba Cloud does not accept its signature',
);
export const OURS = fatal('report this: the request was not well-formed, and no candidate will fare better');

// biome-ignore format: a table reads best as a table.
export const MEANINGS: readonly (readonly [code: string, meaning: Meaning])[] = [
  // Not to be had here, for now.
  ['OperationDenied.NoStock',                          soon('offering')],
  ['Zone.NotOnSale',                                   soon('zone')],
  ['Zone.NotOpen',                                     soon('zone')],
  ['OperationDenied.ZoneNotAllowed',                   soon('zone')],
  ['InvalidVpcZone.NotSupported',                      soon('zone')],
  ['ResourceNotAvailable',                             soon('offering')],
  ['OperationDenied.ResourceControl',                  soon('offering')],
  ['OperationDenied',                                  soon('offering')],
  ['OperationDenied.PaygNotAvailable',                 soon('offering')],
  ['OperationDenied.FlavorNotSupported',               soon('offering')],
  ['NodeControllerUnavailable',                        soon('offering')],
  ['InvalidInstanceType.ZoneNotSupported',             soon('offering')],
  ['InvalidInstanceType.ValueNotSupported',            soon('offering')],
  ['InvalidInstanceType.ValueUnauthorized',            soon('offering')],
  ['InvalidInstanceType.NotSupported',                 soon('offering')],
  ['InstanceType.Offline',                             soon('offering')],
  ['InvalidResourceType.NotSupported',                 soon('offering')],
  ['ImageNotSupportInstanceType',                      soon('offering')],
  ['InvalidParameter.Conflict',                        soon('offering')],
  ['InvalidSpotPriceLimit.LowerThanPublicPrice',       soon('offering')],
  ['OperationDenied.SpotPriceLowerThanPublicPrice',    soon('offering')],
  // The disk and the type.
  ['CategoryNotSupported',                             OTHER_DISK],
  ['InvalidDiskCategory.NotSupported',                 OTHER_DISK],
  ['InvalidSystemDiskCategory.ValueNotSupported',      OTHER_DISK],
  ['InvalidSystemDiskCategory.ValueUnauthorized',      OTHER_DISK],
  ['InvalidDiskCategory.ValueNotSupported',            OTHER_DISK],
  ['InvalidInstanceType.NotSupportDiskCategory',       OTHER_DISK],
  ['OperationDenied.CloudSSDNotSupported',             OTHER_DISK],
  ['QuotaExceed.DiskCapacity',                         OTHER_DISK],
  ['InvalidPerformanceLevel.ValueNotSupported',        OTHER_LEVEL],
  ['InvalidPerformanceLevel.Malformed',                OTHER_LEVEL],
  ['OperationDenied.PerformanceLevelNotMatch',         OTHER_LEVEL],
  ['InvalidDiskSize.TooSmall',                         OTHER_LEVEL],
  // The subnet or the zone.
  ['QuotaExceeded.PrivateIpAddress',                   soon('zone')],
  ['InvalidVSwitchId.IpInvalid',                       soon('zone')],
  ['IncorrectVSwitchStatus',                           soon('zone')],
  ['InvalidVSwitchId.NotFound',                        misnamed('zone')],
  ['InvalidVSwitchId.NotExist',                        misnamed('zone')],
  ['InvalidZoneId.NotFound',                           misnamed('zone')],
  ['InvalidParameter.Mismatch',                        misnamed('zone')],
  // Quotas: a person raises them, and machines that end make room; another family or region may have some.
  ['QuotaExceed.ElasticQuota',                         usedUp('family')],
  ['QuotaExceed.AfterpayInstance',                     usedUp('placement')],
  ['QuotaExceeded',                                    usedUp('placement')],
  ['QuotaExceed.PostPaidDisk',                         usedUp('placement')],
  ['SecurityGroupInstanceLimitExceed',                 usedUp('placement')],
  ['QuotaExceeded.InternetBandwidth',                  usedUp('placement')],
  // This placement's configuration: another placement may be right.
  ['InvalidImageId.NotFound',                          misnamed('placement')],
  ['InvalidImageFamily.MissingAvailableImage',         misnamed('placement')],
  ['OperationDenied.ImageNotValid',                    misnamed('placement')],
  ['InvalidSecurityGroupId.NotFound',                  misnamed('placement')],
  ['InvalidKeyPair.NotFound',                          misnamed('placement')],
  ['InvalidKeyPairName.NotFound',                      misnamed('placement')],
  ['InvalidResourceGroup.NotFound',                    misnamed('placement')],
  ['InvalidRegionId.NotFound',                         misnamed('placement')],
  ['RegionUnauthorized',                               misnamed('placement')],
  ['OperationDenied.RegionIdNotSupported',             misnamed('placement')],
  ['InvalidOperation.PublicIpAddressNoStock',          soon('placement')],
  // Throttled, under any status.
  ['Throttling',                                       THROTTLED],
  ['Throttling.User',                                  THROTTLED],
  ['Throttling.Api',                                   THROTTLED],
  ['Throttling.ConcurrentLimitExceeded',               THROTTLED],
  ['Rejected.Throttling',                              THROTTLED],
  // The token is in use: the answer is on its way.
  ['LastTokenProcessing',                              AGAIN],
  ['Idempotence.Processing',                           AGAIN],
  ['LastOrderProcessing',                              AGAIN],
  ['LastRequestProcessing',                            AGAIN],
  ['OperationDenied.CreatingConflict',                 AGAIN],
  ['OperationConflict',                                AGAIN],
  ['SignatureNonceUsed',                               AGAIN],
  // An instance exists under this token, with other parameters.
  ['IdempotentParameterMismatch',                      UNKNOWN],
  // The service itself.
  ['InternalError',                                    AGAIN],
  ['ServiceUnavailable',                               AGAIN],
  // Under status 400, and an instance was made (alibaba/terraform-provider issue 466).
  ['UnknownError',                                     AGAIN],
  // Money.
  ['InvalidAccountStatus.NotEnoughBalance',            PAY],
  ['InsufficientBalance',                              PAY],
  ['Account.Arrearage',                                PAY],
  ['PaymentMethodNotFound',                            PAYMENT],
  ['InvalidAccountStatus.PayAmountLimitExceeded',      PAYMENT],
  ['InvalidPayMethod',                                 PAYMENT],
  // The account.
  ['RealNameAuthenticationError',                      ACCOUNT],
  ['Forbidden.RiskControl',                            ACCOUNT],
  ['SecurityRisk.3DVerification',                      ACCOUNT],
  ['InvalidAccountStatus',                             ACCOUNT],
  // Permissions and keys.
  ['Forbbiden',                                        PERMISSION],
  ['Forbidden',                                        PERMISSION],
  ['Forbidden.RAM',                                    PERMISSION],
  ['NoPermission',                                     PERMISSION],
  ['InvalidUser.PassRoleForbidden',                    fatal('allow the functions’ RAM role `ram:PassRole` for the role of `selfDestruct.roleName`')],
  ['InvalidRamRole.NotFound',                          fatal('create the RAM role that `selfDestruct.roleName` names, or remove that key')],
  ['InvalidRamRole.NotEcsRole',                        fatal('let ECS assume the RAM role that `selfDestruct.roleName` names')],
  ['InvalidAccessKeyId.NotFound',                      KEY],
  ['InvalidAccessKeyId.Inactive',                      KEY],
  ['InvalidSecurityToken.Expired',                     KEY],
  ['InvalidSecurityToken.Malformed',                   KEY],
  ['InvalidSecurityToken.MismatchWithAccessKey',       KEY],
  ['MissingSecurityToken',                             KEY],
  ['SignatureDoesNotMatch',                            KEY],
  ['IncompleteSignature',                              KEY],
  ['InvalidTimeStamp.Expired',                         KEY],
  // What we say ourselves.
  ['InvalidUserData.SizeExceeded',                     OURS],
  ['InvalidUserData.Forbidden',                        OURS],
  ['InvalidUserData.Base64FormatInvalid',              OURS],
  ['InvalidSpotStrategy',                              OURS],
  ['InvalidSpotDuration',                              OURS],
  ['InvalidSpotPriceLimit',                            OURS],
  ['InvalidSpotAuthorized',                            fatal('ask Alibaba Cloud to let this account use spot instances')],
  ['InvalidSpotAliUid',                                fatal('ask Alibaba Cloud to let this account use spot instances')],
  ['InvalidAutoReleaseTime.Malformed',                 OURS],
  ['InvalidTagKey.Malformed',                          OURS],
  ['InvalidTagValue.Malformed',                        OURS],
  ['Duplicate.TagKey',                                 OURS],
  ['InvalidInstanceName.Malformed',                    OURS],
  ['InvalidSystemDiskSize',                            REFUSED],
  ['InvalidSystemDiskSize.LessThanImageSize',          REFUSED],
  ['InvalidSystemDiskSize.LessThanMinSize',            REFUSED],
  ['InvalidSystemDiskSize.ValueNotSupported',          REFUSED],
  ['InvalidClientToken.ValueNotSupported',             OURS],
  ['MissingParameter',                                 OURS],
];
