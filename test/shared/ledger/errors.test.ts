import { expect, test } from 'vitest';
import { ACL_ADVICE, toTableError } from '../../../shared/adapters/tablestore/errors.ts';

/** As the SDK makes them: the status for a code, and raw protobuf for a message. */
const fromServer = (status: number, code: string, message: string) =>
  Object.assign(
    new Error(
      `\n${String.fromCharCode(code.length)}${code}\x12${String.fromCharCode(message.length)}${message} requestId:r-1`,
    ),
    { code: status },
  );
const fromClient = (code: string) => Object.assign(new Error('socket hang up'), { code });

// biome-ignore format: a table reads best as a table.
const cases: [name: string, error: unknown, meaning: string, message: string][] = [
  ['a conflict',               fromServer(409, 'OTSRowOperationConflict', 'Data is being modified by the other request.'), 'later', 'OTSRowOperationConflict Data is being modified by the other request. requestId:r-1'],
  ['a table not ready',        fromServer(404, 'OTSTableNotReady', 'The table is not ready.'), 'later',   'OTSTableNotReady The table is not ready. requestId:r-1'],
  ['capacity used up',         fromServer(403, 'OTSCapacityUnitExhausted', 'x'),               'later',   'OTSCapacityUnitExhausted x requestId:r-1'],
  ['a timeout of the service', fromServer(503, 'OTSTimeout', 'Operation timeout.'),            'unknown', 'OTSTimeout Operation timeout. requestId:r-1'],
  ['a busy server',            fromServer(503, 'OTSServerBusy', 'Server is busy.'),            'unknown', 'OTSServerBusy Server is busy. requestId:r-1'],
  ['a server’s new failure',   fromServer(500, 'OTSNewCode', 'x'),                             'unknown', 'OTSNewCode x requestId:r-1'],
  ['a new refusal',            fromServer(400, 'OTSNewCode', 'x'),                             'fatal',   'OTSNewCode x requestId:r-1'],
  ['a wrong signature',        fromServer(403, 'OTSAuthFailed', 'Signature mismatch.'),        'fatal',   'OTSAuthFailed Signature mismatch. requestId:r-1'],
  ['a network ACL',            fromServer(403, 'OTSAuthFailed', 'Request denied by instance ACL policies.'), 'fatal', `OTSAuthFailed Request denied by instance ACL policies. requestId:r-1: ${ACL_ADVICE}`],
  ['a proxy’s page',           Object.assign(new Error('<html>'), { code: 502 }),              'unknown', '502'],
  ['a front end’s refusal',    Object.assign(new Error(''), { code: 403 }),                    'fatal',   '403'],
  ['a slow request',           Object.assign(new Error(''), { code: 408 }),                    'unknown', '408'],
  ['a broken connection',      fromClient('NetworkingError'),                                  'unknown', 'NetworkingError'],
  ['silence',                  fromClient('TimeoutError'),                                     'unknown', 'TimeoutError'],
  ['a thing that is no error', 'what?',                                                        'unknown', 'unknown'],
];

test.each(cases)('%s is understood', (_name, error, meaning, message) => {
  const understood = toTableError(error, 'PutRow ledger');
  expect([understood.meaning, understood.message]).toEqual([
    meaning,
    `TableStore: PutRow ledger: ${message}`,
  ]);
});
