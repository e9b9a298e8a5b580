/** What each TableStore error code means to us. */
import { TableError, type TableErrorMeaning } from './table.ts';

/** The condition of a write did not hold: an answer, not an error. */
export const CONDITION_CODE = 'OTSConditionCheckFail';

/**
 * Alibaba Cloud docs, Tablestore "Error codes". Codes for which the documentation does not rule out that
 * the write took place are `unknown`; a code that is not here is `fatal`, unless the server failed (5xx).
 */
const MEANINGS: ReadonlyMap<string, TableErrorMeaning> = new Map([
  ['OTSRowOperationConflict', 'later'],
  ['OTSTableNotReady', 'later'],
  ['OTSCapacityUnitExhausted', 'later'],
  ['OTSNotEnoughCapacityUnit', 'later'],
  ['OTSQuotaExhausted', 'later'],
  ['OTSServerBusy', 'unknown'],
  ['OTSPartitionUnavailable', 'unknown'],
  ['OTSServerUnavailable', 'unknown'],
  ['OTSTimeout', 'unknown'],
  ['OTSRequestTimeout', 'unknown'],
  ['OTSInternalServerError', 'unknown'],
]);

/** Tablestore docs, "Network ACL" (2024-11): 403 OTSAuthFailed with these words, until the instance lets the network in. */
const ACL_REFUSAL = /denied by instance ACL/i;

/** What a person does about it. */
export const ACL_ADVICE =
  'in the TableStore console, under the instance’s network management, allow access from the Internet: functions and commands call it from there';

export const isAclRefusal = (error: unknown): boolean =>
  error instanceof TableError && ACL_REFUSAL.test(error.message);

/**
 * A server's error comes as `code` = HTTP status and `message` = the raw bytes of the protobuf Error, in which the real
 * code is found; where there was no answer, Node's own error has a word as its code. The official SDK does the same.
 */
export function toTableError(error: unknown, what: string): TableError {
  if (error instanceof TableError) return error;
  const status = error instanceof Error && 'code' in error ? error.code : null;
  const said = error instanceof Error ? error.message : '';
  const found = /OTS[A-Za-z]+/.exec(said);
  const code = found?.[0] ?? String(status ?? 'unknown');
  const why = found === null ? '' : wordsOf(said.slice(found.index + code.length));
  const advice = ACL_REFUSAL.test(why) ? `: ${ACL_ADVICE}` : '';
  return new TableError(code, meaningOf(found?.[0], status), `TableStore: ${what}: ${code}${why}${advice}`);
}

/** The service's own words, without the bytes of the protobuf around them (tag and length, which may look like a letter). */
function wordsOf(bytes: string): string {
  const text = bytes.charCodeAt(0) === MESSAGE_TAG ? bytes.slice(2) : bytes;
  const words = text.replace(/[^ -~]+/g, ' ').trim();
  return words === '' ? '' : ` ${words.slice(0, 200)}`;
}

/** Field 2, a string: the message of the protobuf Error. */
const MESSAGE_TAG = 0x12;

function meaningOf(code: string | undefined, status: unknown): TableErrorMeaning {
  const known = code === undefined ? undefined : MEANINGS.get(code);
  if (known !== undefined) return known;
  if (code !== undefined && typeof status === 'number' && status < 500) return 'fatal';
  return isAnswer(status) ? 'fatal' : 'unknown';
}

/** A 4xx is the server's last word even without a code; anything else may be a lost reply. */
function isAnswer(status: unknown): boolean {
  return typeof status === 'number' && status >= 400 && status < 500 && status !== 408;
}
