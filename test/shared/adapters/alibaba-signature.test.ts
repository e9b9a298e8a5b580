/** Our signature against the official client's, which is the oracle. */
import { createHash } from 'node:crypto';
import FcClient from '@alicloud/fc2';
import * as core from '@alicloud/openapi-core';
import { expect, test } from 'vitest';
import { signed } from '../../../shared/adapters/alibaba/acs3.ts';
import { fcAuthorization } from '../../../shared/adapters/function-compute/invoke-fc.ts';
import fc from '../../fast-check.ts';

interface Oracle {
  getAuthorization(
    request: object,
    algorithm: string,
    payload: string,
    accessKeyId: string,
    accessKeySecret: string,
  ): string;
}
const oracle = core.OpenApiUtil as unknown as Oracle;

const word = fc.string({ unit: 'grapheme', maxLength: 40 });
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9.]{0,20}$/);
/** No header that leaves a machine has anything but printable ASCII. */
const printable = fc.stringMatching(/^[ -~]{0,60}$/);
const request = fc.record({
  endpoint: fc.constantFrom(
    'https://ecs.cn-hangzhou.aliyuncs.com',
    'http://127.0.0.1:8080',
    'https://1.cn-x.fc.aliyuncs.com',
  ),
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  path: fc.constantFrom(
    '/',
    '/2023-03-30/functions/ci-launcher/invocations',
    '/2023-03-30/functions/a%20b/x~y',
  ),
  query: fc.dictionary(name, word, { maxKeys: 12 }),
  headers: fc.dictionary(
    fc.constantFrom('content-type', 'x-acs-more', 'x-fc-invocation-type', 'user-agent'),
    printable,
  ),
  body: fc.oneof(fc.uint8Array({ maxLength: 200 }), word),
  action: name,
  version: fc.constantFrom('2014-05-26', '2023-03-30'),
});
const key = fc.record({
  accessKeyId: fc.stringMatching(/^(LTAI|STS\.)[A-Za-z0-9]{8,24}$/),
  accessKeySecret: fc.stringMatching(/^[A-Za-z0-9+/=]{8,44}$/),
  securityToken: fc.option(fc.stringMatching(/^[A-Za-z0-9+/=]{8,400}$/)),
});

test('thousands of requests are signed as the official client signs them', () => {
  fc.assert(
    fc.property(request, key, fc.date({ noInvalidDate: true }), fc.uuid(), (asked, by, at, nonce) => {
      const nowMs = Math.abs(at.getTime()) % 4_000_000_000_000;
      const { url, headers } = signed(asked, by, nowMs, nonce);
      const { authorization, ...sent } = headers;
      const payload = createHash('sha256').update(asked.body).digest('hex');
      const { method, path: pathname, query } = asked;
      const official = oracle.getAuthorization(
        { method, pathname, query, headers: sent },
        'ACS3-HMAC-SHA256',
        payload,
        by.accessKeyId,
        by.accessKeySecret,
      );
      expect(authorization).toBe(official);
      // What is sent is what was signed.
      expect(Object.fromEntries(url.searchParams)).toEqual(query);
      expect(url.pathname).toBe(pathname);
    }),
    { numRuns: 3_000 },
  );
});

/** What the client adds for temporary keys, and the form of its times. */
test('the official client sends the same headers, but for those that say who it is', async () => {
  const { headers } = signed(
    {
      ...{ endpoint: 'https://ecs.cn-hangzhou.aliyuncs.com', method: 'POST', path: '/', query: {} },
      ...{ headers: {}, body: '', action: 'DescribeRegions', version: '2014-05-26' },
    },
    { accessKeyId: 'STS.x', accessKeySecret: 'y', securityToken: 'z' },
    Date.parse('2026-11-28T12:00:00.900Z'),
    'n',
  );
  expect(Object.keys(headers).sort()).toEqual([
    'accept',
    'authorization',
    'host',
    'x-acs-accesskey-id',
    'x-acs-action',
    'x-acs-content-sha256',
    'x-acs-date',
    'x-acs-security-token',
    'x-acs-signature-nonce',
    'x-acs-version',
  ]);
  expect(headers['x-acs-date']).toBe('2026-11-28T12:00:00Z');
});

test('the older signature of Function Compute is the one that its official client makes', () => {
  const headers = fc.record(
    {
      'content-md5': printable,
      'content-type': printable,
      date: printable.filter((text) => text !== ''),
      'x-fc-account-id': printable,
      'x-fc-security-token': printable,
      'x-fc-invocation-type': printable,
      host: printable,
    },
    { requiredKeys: ['date'] },
  );
  fc.assert(
    fc.property(key, fc.webPath(), headers, ({ accessKeyId, accessKeySecret }, path, sent) => {
      const all = sent as Record<string, string>;
      const official = FcClient.getSignature(accessKeyId, accessKeySecret, 'POST', path, { ...all });
      expect(fcAuthorization(accessKeyId, accessKeySecret, path, all)).toBe(official);
    }),
    { numRuns: 2_000 },
  );
});
