import { expect, test } from 'vitest';
import type { WebhookSecret } from '../../../functions/webhook/verify.ts';
import { webhook } from '../../../functions/webhook/webhook.ts';
import { parseEvent } from '../../../shared/job/handed-on.ts';
import {
  ENQUEUE_CALL_MAX_MS,
  ENQUEUE_TRIES_MAX,
  EVENT_MAX_BYTES,
  WEBHOOK_BODY_MAX_BYTES,
  WEBHOOK_TIMEOUT_S,
} from '../../../shared/limits.ts';
import { callWebhook, deliver, examplesOf, queued, RULES, requestOf, SECRET, sign } from './deliveries.ts';

test('a queued job of ours is handed to the launcher, and only then answered with 202', async () => {
  const seen = await callWebhook(deliver(queued()));
  expect(seen.reply).toEqual({ status: 202, text: 'handed to launcher' });
  expect(seen.launched).toEqual([
    {
      kind: 'queued',
      delivery: '0b989ba4-242f-11e5-81e1-c7b6966d2516',
      job: {
        id: 289782451,
        runId: 2202229078,
        runAttempt: 1,
        name: 'update',
        workflow: 'CodeQL',
        repository: 'my-org/kernel',
        repositoryId: 186853002,
        isPublic: false,
        installationId: 3456996,
        labels: ['self-hosted', 'aliyun', 'arm64'],
        createdAtMs: Date.UTC(2021, 8, 13, 2, 21, 13),
      },
    },
  ]);
  expect(seen.reaped).toEqual([]);
});

test('what is handed on is understood by the function that gets it', async () => {
  const seen = await callWebhook(deliver(queued()));
  expect(parseEvent(Buffer.from(JSON.stringify(seen.launched[0])))).toEqual(seen.launched[0]);
});

test('when Function Compute refuses, GitHub is told to mark the delivery failed', async () => {
  const seen = await callWebhook(deliver(queued()), { refuse: 'ResourceExhausted' });
  expect(seen.reply.status).toBe(503);
  expect(seen.lines.map(({ event }) => event)).toEqual(['webhook.enqueue-failed', 'webhook.decided']);
});

test('either of two secrets is good, so that one can be rotated', async () => {
  const secrets = ['the-new-secret-of-the-app', 'the-old-secret-of-the-app'];
  for (const secret of secrets) {
    const body = Buffer.from(JSON.stringify(queued()));
    const seen = await callWebhook(deliver(body, { 'x-hub-signature-256': sign(body, secret) }), { secrets });
    expect(seen.reply.status).toBe(202);
  }
  expect((await callWebhook(deliver(queued()), { secrets })).reply.status).toBe(401);
});

const withSecret = async (...secrets: WebhookSecret[]) => {
  const lines: string[] = [];
  const queue = { launch: async () => undefined, reap: async () => undefined };
  const log = (event: string) => void lines.push(event);
  return {
    ...(await webhook(requestOf(deliver(queued())), {
      secrets,
      isHook: null,
      rules: RULES,
      queue,
      log,
      logSampled: log,
      mayTell: () => true,
    })),
    lines,
  };
};

test('a secret that was rotated since it was read is read again, once', async () => {
  const kept = ['the-one-from-before', SECRET];
  const looks: number[] = [];
  const secret = { read: async () => kept[looks.length] as string, stale: () => looks.push(1) === 1 };
  expect(await withSecret(secret)).toMatchObject({ status: 202 });
  const wrong = { read: async () => 'never-the-right-one', stale: () => looks.push(1) > 0 };
  expect(await withSecret(wrong)).toMatchObject({ status: 401 });
});

test('a secret out of reach is no wrong signature: GitHub shall deliver again', async () => {
  const read = async () => {
    throw new Error('the secret kms:ci-webhook could not be read');
  };
  const seen = await withSecret({ read, stale: () => false });
  expect(seen).toMatchObject({ status: 503, text: 'our secret is out of reach; deliver it again' });
  expect(seen.lines).toEqual(['webhook.secret-unread', 'webhook.decided']);
});

test('a previous secret that is gone is told, and stops nothing', async () => {
  const gone = { read: () => Promise.reject(new Error('kms:old is not there')), stale: () => false };
  const good = { read: async () => SECRET, stale: () => false };
  const other = { read: async () => 'another-secret-of-the-app', stale: () => false };
  const told = ['webhook.secret-unread', 'webhook.decided'];
  expect(await withSecret(good, gone)).toMatchObject({ status: 202, lines: told });
  expect(await withSecret(gone, good)).toMatchObject({ status: 202, lines: told });
  expect(await withSecret(other, gone)).toMatchObject({
    status: 401,
    lines: ['webhook.secret-unread', 'webhook.turned-away'],
  });
  // Nothing is known against it: GitHub shall deliver again.
  expect(await withSecret(gone, other)).toMatchObject({ status: 503, lines: told });
});

const good = Buffer.from(JSON.stringify(queued()));
const notUtf8 = Buffer.concat([Buffer.from('{"action":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
const oversized = Buffer.alloc(WEBHOOK_BODY_MAX_BYTES + 1, ' ');

// biome-ignore format: a table reads best as a table.
const hostile: [name: string, request: ReturnType<typeof deliver>, status: number, because: string][] = [
  ['unsigned',               deliver(good, { 'x-hub-signature-256': '' }),                    401, 'the signature is missing or wrong'],
  ['wrongly signed',         deliver(good, { 'x-hub-signature-256': sign(good, 'another') }), 401, 'the signature is missing or wrong'],
  ['signed with SHA-1',      deliver(good, { 'x-hub-signature-256': `sha1=${'0'.repeat(40)}` }), 401, 'the signature is missing or wrong'],
  ['signed with a short hex', deliver(good, { 'x-hub-signature-256': 'sha256=00' }),          401, 'the signature is missing or wrong'],
  ['truncated on the way',   { ...deliver(good), body: good.subarray(0, 300) },               401, 'the signature is missing or wrong'],
  ['truncated, then signed', deliver(good.subarray(0, 300)),                                  400, 'the body is not JSON in UTF-8'],
  ['oversized',              deliver(oversized),                                              413, 'the body is over 1 MB'],
  ['not JSON',               deliver(Buffer.from('hello')),                                   400, 'the body is not JSON in UTF-8'],
  ['empty',                  deliver(Buffer.alloc(0)),                                        401, 'the signature is missing or wrong'],
  ['not UTF-8',              deliver(notUtf8),                                                401, 'the signature is missing or wrong'],
  ['JSON of another shape',  deliver(Buffer.from('[1]')),                                     400, 'not a workflow_job event: the whole'],
  ['with a hostile name',    deliver(queued({ repository: { full_name: '../../etc' } })),     400, 'not a workflow_job event: repository.full_name'],
  ['with a hostile id',      deliver(queued({ job: { id: '1; drop' } })),                     400, 'not a workflow_job event: workflow_job.id'],
  ['posted as a form',       deliver(good, { 'content-type': 'application/x-www-form-urlencoded' }), 415, 'the content type of the webhook must be application/json'],
];

test.each(hostile)(
  'a delivery that is %s is refused with a reason and one line, and nothing starts',
  async (_name, request, status, because) => {
    const seen = await callWebhook(request);
    expect(seen.reply).toEqual({ status, text: because });
    expect(seen.lines).toHaveLength(1);
    const event = [401, 413].includes(status) ? 'webhook.turned-away' : 'webhook.decided';
    expect(seen.lines[0]).toMatchObject({ event, status, because });
    expect([...seen.launched, ...seen.reaped]).toEqual([]);
  },
);

test('a replayed delivery hands on the same event again, byte for byte: the ledger knows repeats', async () => {
  const [first, again] = [await callWebhook(deliver(queued())), await callWebhook(deliver(queued()))];
  expect(again.launched).toEqual(first.launched);
});

test('a delivery without a job is answered and left alone', async () => {
  const seen = await callWebhook(deliver({ action: 'queued', workflow_job: null }));
  expect(seen.reply).toEqual({ status: 200, text: 'the delivery carries no job' });
});

test.each(['ping', 'installation', 'installation_repositories'])(
  'each example of %s is answered with 200',
  async (name) => {
    for (const payload of examplesOf(name)) {
      const seen = await callWebhook(deliver(payload, { 'x-github-event': name }));
      expect(seen.reply).toEqual({ status: 200, text: `we do not act on ${name}` });
      expect(seen.lines).toHaveLength(1);
    }
  },
);

test('a long name is bounded; labels that are too long to hand on are refused', async () => {
  const seen = await callWebhook(deliver(queued({ job: { name: '🦀'.repeat(5_000) } })));
  expect([...(seen.launched[0]?.job.name ?? '')]).toHaveLength(200);
  expect(JSON.stringify(seen.launched[0]).length).toBeLessThan(EVENT_MAX_BYTES);
  const labels = [...RULES.baseLabels, ...Array.from({ length: 90 }, (_, at) => `${at}`.repeat(120))];
  const refused = await callWebhook(deliver(queued({ labels })));
  expect(refused.reply).toEqual({ status: 200, text: 'the labels of the job are too long to hand on' });
  expect(refused.launched).toEqual([]);
});

test('no line and no reply holds a secret or a signature', async () => {
  for (const [, request] of hostile) {
    const { reply, lines } = await callWebhook(request);
    const said = JSON.stringify({ reply, lines });
    expect(said).not.toContain(SECRET);
    expect(said).not.toMatch(/sha256=/);
  }
});

test('all tries to hand an event on, and a change of signature, fit into the webhook’s time', () => {
  const callsMs = (ENQUEUE_TRIES_MAX + 1) * ENQUEUE_CALL_MAX_MS;
  expect(callsMs + 500).toBeLessThan(WEBHOOK_TIMEOUT_S * 1000);
});
