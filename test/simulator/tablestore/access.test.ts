import { request } from 'node:http';
import type TS from 'tablestore';
import { describe, expect, test } from 'vitest';
import { NEW_INSTANCE_NETWORKS } from '../../../simulator/tablestore/index.ts';
import { ACCESS_KEY_ID, clientOf, openTableStore, refusal, SECRET, tableOf } from './fixture.ts';

describe('who may', () => {
  const list = (client: TS.Client) => refusal(client.listTable({}));
  const ALLOWED = 'undefined ?: it was not refused';
  const TOKEN = { secret: SECRET, securityToken: 'sts-1', expiresAtMs: Date.now() + 60_000 };

  test(
    'a wrong key, secret or instance is refused',
    openTableStore(async ({ port }) => {
      expect(await list(clientOf(port))).toBe(ALLOWED);
      expect(await list(clientOf(port, { accessKeyId: 'nobody' }))).toBe(
        '403 OTSAuthFailed: The AccessKeyID does not exist.',
      );
      expect(await list(clientOf(port, { accessKeySecret: 'x' }))).toBe(
        '403 OTSAuthFailed: Signature mismatch.',
      );
      expect(await list(clientOf(port, { instancename: 'x' }))).toBe(
        '403 OTSAuthFailed: The instance is not found.',
      );
    }),
  );

  test(
    'an instance as a service makes it refuses the Internet, whoever calls',
    openTableStore(
      async ({ client }) => {
        expect(await list(client)).toBe('403 OTSAuthFailed: Request denied by instance ACL policies.');
      },
      { credential: { secret: SECRET }, networks: NEW_INSTANCE_NETWORKS },
    ),
  );

  test(
    'temporary credentials want their token, and end',
    openTableStore(
      async ({ port, clock }) => {
        expect(await list(clientOf(port, { securityToken: 'sts-1' }))).toBe(ALLOWED);
        expect(await list(clientOf(port))).toContain('403 OTSAuthFailed');
        expect(await list(clientOf(port, { securityToken: 'sts-2' }))).toContain('403 OTSAuthFailed');
        await clock.runUntil(TOKEN.expiresAtMs);
        expect(await list(clientOf(port, { securityToken: 'sts-1' }))).toContain('has expired');
      },
      { credential: TOKEN },
    ),
  );

  test.each([
    [14, ALLOWED],
    [-14, ALLOWED],
    [16, '403 OTSAuthFailed: Mismatch between system time and x-ots-date'],
    [-16, '403 OTSAuthFailed: Mismatch between system time and x-ots-date'],
  ])('a request %i minutes from the server’s time: %s', (minutes, expected) =>
    openTableStore(
      async ({ client }) => {
        expect(await list(client)).toContain(expected);
      },
      { credential: { secret: SECRET }, wallNowMs: () => Date.now() + minutes * 60_000 },
    )(),
  );

  test(
    'what the policy does not allow is refused',
    openTableStore(
      async ({ client }) => {
        expect(await list(client)).toBe(ALLOWED);
        expect(await refusal(client.createTable(tableOf('new')))).toContain('403 OTSNoPermissionAccess');
      },
      { credential: { secret: SECRET, mayDo: (action) => action === 'ots:ListTable' } },
    ),
  );

  test(
    'only a signed POST of a known operation is heard',
    openTableStore(async ({ port }) => {
      const send = (method: string, path: string, headers: Record<string, string>) =>
        new Promise<string>((resolve, reject) => {
          request({ port, method, path, headers }, (response) => {
            let text = `${response.statusCode} `;
            response.on('data', (chunk) => {
              text += chunk;
            });
            response.on('end', () => resolve(text));
          })
            .on('error', reject)
            .end();
        });
      expect(await send('GET', '/ListTable', {})).toMatch(/^405 .*OTSMethodNotAllowed/s);
      expect(await send('POST', '/Search', {})).toContain('Unsupported operation: Search.');
      expect(await send('POST', '/ListTable', {})).toContain('Missing header: x-ots-apiversion.');
      expect(await send('POST', '/ListTable', { 'x-ots-accesskeyid': ACCESS_KEY_ID })).toMatch(
        /^400 .*Missing header/s,
      );
    }),
  );
});
