/** What the service refuses, in its own words. Alibaba Cloud docs, Tablestore "Error codes". */

const STATUS = {
  OTSAuthFailed: 403,
  OTSNoPermissionAccess: 403,
  OTSConditionCheckFail: 403,
  OTSCapacityUnitExhausted: 403,
  OTSQuotaExhausted: 403,
  OTSParameterInvalid: 400,
  OTSInvalidPK: 400,
  OTSOutOfRowSizeLimit: 400,
  OTSOutOfColumnCountLimit: 400,
  OTSUnsupportOperation: 400,
  OTSObjectNotExist: 404,
  OTSTableNotReady: 404,
  OTSMethodNotAllowed: 405,
  OTSRequestTimeout: 408,
  OTSObjectAlreadyExist: 409,
  OTSRowOperationConflict: 409,
  OTSRequestBodyTooLarge: 413,
  OTSInternalServerError: 500,
  OTSServerBusy: 503,
  OTSTimeout: 503,
} as const;

export type ErrorCode = keyof typeof STATUS;

export class TableStoreRefusal extends Error {
  override readonly name = 'TableStoreRefusal';
  readonly code: ErrorCode;
  readonly status: number;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
    this.status = STATUS[code];
  }
}

/** The connection breaks: the caller never learns what became of its request. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

export const invalid = (message: string): TableStoreRefusal =>
  new TableStoreRefusal('OTSParameterInvalid', message);

export const unsupported = (what: string): TableStoreRefusal =>
  new TableStoreRefusal('OTSUnsupportOperation', `The simulator has no ${what}.`);

export const conditionFailed = (): TableStoreRefusal =>
  new TableStoreRefusal('OTSConditionCheckFail', 'Condition check failed.');
