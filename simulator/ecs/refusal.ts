/**
 * How ECS says no. Codes and HTTP statuses as the RunInstances and DeleteInstances references list them; where a
 * status varies by document the one of the RunInstances reference is taken.
 */

/** A definite answer by the service: nothing was done. */
export class EcsRefusal extends Error {
  override readonly name = 'EcsRefusal';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message?: string, status = statusOf(code)) {
    super(message ?? `The simulated ECS refuses: ${code}.`);
    this.code = code;
    this.status = status;
  }
}

/** As the service words it. */
export function refusalBody(error: EcsRefusal, requestId: string): object {
  const recommend = `https://api.aliyun.com/troubleshoot?q=${error.code}&product=Ecs&requestId=${requestId}`;
  return {
    RequestId: requestId,
    HostId: '127.0.0.1',
    Code: error.code,
    Message: error.message,
    Recommend: recommend,
  };
}

/** How an answer gets lost: the connection is cut, never answers, ends in the middle, or a gateway answers in HTML. */
export type Loss = 'cut' | 'hang' | 'truncated' | 'gateway';

/** The caller learns nothing; `body` is what the service meant to say, null when it did nothing. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly code = 'NoAnswer';
  readonly status = null;
  readonly loss: Loss;
  readonly body: object | null;

  constructor(loss: Loss, body: object | null) {
    super(`no answer: ${loss}`);
    this.loss = loss;
    this.body = body;
  }
}

const CODES_BY_STATUS: Record<number, string> = {
  400: `Account.Arrearage Duplicate.TagKey IdempotentParameterMismatch Idempotence.Processing IncompleteSignature
    IncorrectVSwitchStatus InvalidAutoReleaseTime.Malformed InvalidClientToken.ValueNotSupported
    InvalidInstanceName.Malformed InvalidInstanceType.ValueNotSupported InvalidInstanceType.ValueUnauthorized
    InvalidPerformanceLevel.ValueNotSupported InvalidParameter InvalidParameter.Conflict InvalidParameter.Mismatch InvalidSecurityGroupId.NotFound
    InvalidSpotAliUid InvalidSpotAuthorized InvalidSpotDuration InvalidSpotPriceLimit
    InvalidSpotPriceLimit.LowerThanPublicPrice InvalidSpotStrategy InvalidTagKey.Malformed InvalidTagValue.Malformed
    InvalidTimeStamp.Expired InvalidTimeStamp.Format InvalidUserData.Base64FormatInvalid InvalidUserData.SizeExceeded
    LastOrderProcessing LastRequestProcessing LastTokenProcessing MissingParameter MissingSecurityToken
    QuotaExceed.AfterpayInstance QuotaExceeded QuotaExceeded.PrivateIpAddress ResourceNotAvailable
    SignatureDoesNotMatch SignatureNonceUsed Throttling DependencyViolation.RouteEntry`,
  401: 'InvalidRamRole.NotEcsRole',
  403: `CategoryNotSupported DRYRUN.SUCCESS Forbbiden Forbidden.InstanceNotFound Forbidden.RAM Forbidden.RiskControl
    ImageNotSupportInstanceType IncorrectInstanceStatus IncorrectInstanceStatus.Initializing InstanceType.Offline
    InsufficientBalance InvalidAccountStatus.NotEnoughBalance InvalidDiskCategory.NotSupported
    InvalidInstanceType.NotSupported InvalidInstanceType.ZoneNotSupported InvalidOperation.DeletionProtection
    InvalidPayMethod InvalidResourceType.NotSupported InvalidSecurityToken.Expired InvalidSecurityToken.Malformed
    InvalidSystemDiskCategory.ValueNotSupported InvalidUser.PassRoleForbidden InvalidUserData.Forbidden
    InvalidVSwitchId.IpInvalid NoPermission NodeControllerUnavailable OperationDenied.NoStock
    OperationDenied.ResourceControl OperationDenied.SpotPriceLowerThanPublicPrice OperationDenied.ZoneNotAllowed
    QuotaExceed.ElasticQuota QuotaExceed.PostPaidDisk RealNameAuthenticationError SecurityGroupInstanceLimitExceed
    SecurityRisk.3DVerification Zone.NotOnSale Zone.NotOpen`,
  404: `InvalidAccessKeyId.NotFound InvalidAction.NotFound InvalidImageId.NotFound InvalidInstanceId.NotFound
    InvalidKeyPair.NotFound InvalidRamRole.NotFound InvalidRegionId.NotFound InvalidResourceGroup.NotFound
    InvalidVSwitchId.NotExist InvalidVSwitchId.NotFound InvalidVersion.NotFound InvalidZoneId.NotFound
    OperationDenied.CreatingConflict PaymentMethodNotFound`,
  429: 'Throttling.Api',
  500: 'InternalError',
  503: 'Rejected.Throttling ServiceUnavailable Throttling.ConcurrentLimitExceeded',
};

const STATUS_OF_CODE = new Map(
  Object.entries(CODES_BY_STATUS).flatMap(([status, codes]) =>
    codes.split(/\s+/).map((code): [string, number] => [code, Number(status)]),
  ),
);

/** 400 for a code that no reference lists. */
function statusOf(code: string): number {
  return STATUS_OF_CODE.get(code) ?? 400;
}
