/** What anyone may post: it costs little, and says little. */
import { describe, expect, test } from 'vitest';
import { hookRanges } from '../../../functions/webhook/hook-ranges.ts';
import { sampledLog } from '../../../functions/webhook/sampled-log.ts';
import { parseHttpEvent } from '../../../shared/adapters/function-compute/http.ts';
import { WEBHOOK_BODY_MAX_BYTES, WEBHOOK_EVENT_MAX_BYTES } from '../../../shared/limits.ts';
import { callWebhook, deliver, queued, requestOf } from './deliveries.ts';

describe('a stranger', () => {
  const unread = (headers: Record<string, string>, sourceIp: string | null, bodyBytes = 2) => ({
    ...{ headers, sourceIp, bodyBytes },
    body: (): Uint8Array => {
      throw new Error('decoded');
    },
  });
  const signed = { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` };

  test.each([
    ['a large body', unread(signed, null, WEBHOOK_BODY_MAX_BYTES + 1), 413],
    ['no signature', unread({}, '192.30.252.9'), 401],
    ['another address than GitHub’s', unread(signed, '203.0.113.7'), 403],
    ['what is no address', unread(signed, 'unknown'), 403],
  ])('with %s is turned away before the body is decoded', async (_what, request, status) => {
    const isHook = hookRanges(['192.30.252.0/22', '2a0a:a440::/29']);
    expect((await callWebhook(request, { isHook })).reply.status).toBe(status);
  });

  test.each(['192.30.255.255', '2a0a:a447::1', '::ffff:192.30.252.1'])(
    'GitHub’s own address %s is let in',
    async (sourceIp) => {
      const isHook = hookRanges(['192.30.252.0/22', '2a0a:a440::/29']);
      const request = { ...requestOf(deliver(queued())), sourceIp };
      expect((await callWebhook(request, { isHook })).reply.status).toBe(202);
    },
  );

  test('is one line a minute, however often it comes', () => {
    const lines: object[] = [];
    let nowMs = 0;
    const log = sampledLog((event, fields) => lines.push({ event, ...fields }), { nowMs: () => nowMs });
    for (; nowMs < 120_000; nowMs += 100) log('webhook.turned-away', { status: 401 });
    log('webhook.secret-unread', {});
    log('webhook.turned-away', { status: 413 });
    expect(lines).toEqual([
      { event: 'webhook.turned-away', status: 401, count: 1 },
      { event: 'webhook.turned-away', status: 401, count: 600 },
      { event: 'webhook.secret-unread', count: 1 },
      { event: 'webhook.turned-away', status: 413, count: 600 },
    ]);
  });

  test('sends an event that is not even parsed when it is too large', () => {
    const event = (body: string) =>
      Buffer.from(JSON.stringify({ headers: {}, body, isBase64Encoded: false }));
    expect(parseHttpEvent(event('x'.repeat(WEBHOOK_EVENT_MAX_BYTES)), WEBHOOK_EVENT_MAX_BYTES)).toBe(
      'too large',
    );
    // The largest body that we take, in the longest way to write it.
    const largest = event('')
      .toString()
      .replace('""', `"${'\\u003c'.repeat(WEBHOOK_BODY_MAX_BYTES)}"`);
    const parsed = parseHttpEvent(Buffer.from(largest), WEBHOOK_EVENT_MAX_BYTES);
    expect(parsed).toMatchObject({ bodyBytes: WEBHOOK_BODY_MAX_BYTES, sourceIp: null });
  });
});
