/** Deliveries made from GitHub's own example payloads. */
import { createHmac } from 'node:crypto';
import * as collection from '@octokit/webhooks-examples';
import type { Rules } from '../../../functions/webhook/decide.ts';
import { type Reply, type Request, webhook } from '../../../functions/webhook/webhook.ts';
import type { JobEvent } from '../../../shared/nouns.ts';

export const SECRET = 'a-secret-of-more-than-16-characters';

export const RULES: Rules = {
  name: 'ci',
  baseLabels: ['self-hosted', 'aliyun'],
  repositories: { allow: ['my-org/*'], public: 'refuse' },
};

const examples = collection.default as unknown as readonly { name: string; examples: readonly unknown[] }[];

/** GitHub's payloads are typed by event; here they are only JSON to be changed. */
// biome-ignore lint/suspicious/noExplicitAny: a payload is whatever GitHub sends.
export type Payload = any;

export function examplesOf(name: string): readonly Payload[] {
  const found = examples.find((event) => event.name === name);
  if (found === undefined) throw new Error(`there are no examples of ${name}`);
  return structuredClone(found.examples);
}

/** GitHub's example of a queued job, made one that asks for us. */
export function queued(change: { labels?: string[]; repository?: object; job?: object } = {}): Payload {
  const payload = examplesOf('workflow_job').find(
    ({ action, deployment }) => action === 'queued' && !deployment,
  );
  return {
    ...payload,
    workflow_job: {
      ...payload.workflow_job,
      runner_id: null,
      runner_name: null,
      labels: change.labels ?? ['self-hosted', 'aliyun', 'arm64'],
      ...change.job,
    },
    repository: {
      ...payload.repository,
      full_name: 'my-org/kernel',
      private: true,
      visibility: 'private',
      ...change.repository,
    },
  };
}

export function sign(body: Uint8Array, secret = SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** As it is posted. */
export interface Posted {
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

export function deliver(payload: Payload | Uint8Array, change: Record<string, string> = {}): Posted {
  const body = payload instanceof Uint8Array ? payload : Buffer.from(JSON.stringify(payload));
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'workflow_job',
      'x-github-delivery': '0b989ba4-242f-11e5-81e1-c7b6966d2516',
      'x-hub-signature-256': sign(body),
      ...change,
    },
  };
}

export interface DeliveryOutcome {
  readonly reply: Reply;
  readonly launched: readonly JobEvent[];
  readonly reaped: readonly JobEvent[];
  readonly lines: readonly { readonly event: string; readonly [field: string]: unknown }[];
}

/** What one delivery led to. */
export const requestOf = ({ headers, body }: Posted): Request => ({
  ...{ headers, sourceIp: null, bodyBytes: body.length },
  body: () => body,
});

export async function callWebhook(
  posted: Posted | Request,
  {
    rules = RULES,
    secrets = [SECRET],
    refuse = '',
    isHook = null,
    mayTell = () => true,
  }: {
    rules?: Rules;
    secrets?: string[];
    refuse?: string;
    isHook?: ((address: string) => boolean) | null;
    mayTell?: (key: string) => boolean;
  } = {},
): Promise<DeliveryOutcome> {
  const launched: JobEvent[] = [];
  const reaped: JobEvent[] = [];
  const lines: { event: string }[] = [];
  const taking = (taken: JobEvent[]) => async (event: unknown) => {
    if (refuse !== '') throw new Error(refuse);
    taken.push(event as JobEvent);
  };
  const reply = await webhook(
    typeof posted.body === 'function' ? (posted as Request) : requestOf(posted as Posted),
    {
      isHook,
      secrets: secrets.map((text) => ({ read: async () => text, stale: () => false })),
      rules,
      queue: { launch: taking(launched), reap: taking(reaped) },
      log: (event, fields) => void lines.push({ ...fields, event }),
      logSampled: (event, fields) => void lines.push({ ...fields, event }),
      mayTell,
    },
  );
  return { reply, launched, reaped, lines };
}
