/** The webhook: its first reply after a cold start, and one delivery after the other. */
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildFunction } from '../../build.ts';
import type { Rules } from '../../functions/webhook/decide.ts';
import { type Request, webhook as story } from '../../functions/webhook/webhook.ts';
import { createAccount } from '../../simulator/accounts.ts';
import { scaledClock } from '../../simulator/clock.ts';
import { createFunctionCompute, serveFunctionCompute } from '../../simulator/function-compute/index.ts';
import { seeded } from '../../simulator/random.ts';
import { ENVIRONMENT, numberFrom } from './child.ts';
import { type Bench, median, type Row } from './row.ts';

const COLD_RUNS = 7;
const WARM_RUNS = 300;
const STORY_RUNS = 2_000;
const KEY = { accessKeyId: 'STS.bench', accessKeySecret: 'bench', securityToken: 'bench' };
const RULES: Rules = {
  name: 'ci',
  baseLabels: ['self-hosted', 'aliyun'],
  repositories: { allow: ['my-org/*'], public: 'refuse' },
};

export const webhook: Bench = {
  title: 'webhook',
  async run({ config, folder }) {
    const own = await storyRow();
    const clock = scaledClock(1);
    const account = createAccount(ENVIRONMENT.FC_ACCOUNT_ID, ENVIRONMENT.FC_REGION);
    account.add(KEY.accessKeyId, { secret: KEY.accessKeySecret, securityToken: KEY.securityToken });
    const launcher = { name: 'ci-launcher', timeoutMs: 9_000, memoryMb: 256, body: async () => null };
    const random = seeded(1);
    const fc = createFunctionCompute({ clock, account, random, functions: [launcher], instancesMax: 10_000 });
    const served = await serveFunctionCompute(fc);
    const rows: Row[] = [];
    try {
      for (const signature of ['acs3', 'fc'] as const) {
        const signed = { ...config, functionCompute: { ...config.functionCompute, signature } };
        const { path } = await buildFunction('webhook', signed, join(folder, signature));
        rows.push(...(await handlerRows(signature, pathToFileURL(path).href, served.endpoint)));
      }
    } finally {
      await served.close();
      fc.close();
      clock.stop();
    }
    return [...rows, own];
  },
};

/** The built bundle, its invocation of the launcher over loopback included. */
async function handlerRows(signature: string, url: string, endpoint: string): Promise<Row[]> {
  const { body, headers } = delivery();
  const event = JSON.stringify({
    version: 'v1',
    headers,
    body: Buffer.from(body()).toString(),
    isBase64Encoded: false,
  });
  const calls = (times: number, tell: string): string => `
    const { handler } = await import(${JSON.stringify(url)});
    const event = Buffer.from(${JSON.stringify(event)});
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = () => true;
    const took = [];
    for (let n = 0; n < ${times}; n++) {
      const from = performance.now();
      const { statusCode } = await handler(event, { credentials: ${JSON.stringify(KEY)} });
      if (statusCode !== 202) throw new Error('answered with ' + statusCode);
      took.push(performance.now() - from);
    }
    took.sort((a, b) => a - b);
    write('\\n' + (${tell}), () => process.exit());`;
  const env = { ...ENVIRONMENT, INVOKE_ENDPOINT: endpoint };
  const cold: number[] = [];
  // performance.now() counts from the start of the process.
  for (let run = 0; run < COLD_RUNS; run++) cold.push(await numberFrom(calls(1, 'performance.now()'), env));
  const warmMs = await numberFrom(calls(WARM_RUNS, 'took[took.length >> 1]'), env);
  return [
    {
      what: `${signature}: from process start to the first reply`,
      median: median(cold),
      unit: 'ms',
      runs: COLD_RUNS,
    },
    {
      what: `${signature}: one delivery, with its invocation on loopback`,
      median: warmMs,
      unit: 'ms',
      runs: WARM_RUNS,
    },
    {
      what: `${signature}: deliveries a second, of one instance`,
      median: 1000 / warmMs,
      unit: '1/s',
      runs: WARM_RUNS,
    },
  ];
}

/** Our own work alone: size, signature, parsing, decision. */
async function storyRow(): Promise<Row> {
  const request = delivery();
  const took: number[] = [];
  const nothing = async () => undefined;
  const world = {
    secrets: [{ read: async () => ENVIRONMENT.WEBHOOK_SECRET, stale: () => false }],
    rules: RULES,
    queue: { launch: nothing, reap: nothing },
    isHook: null,
    log: () => undefined,
    logSampled: () => undefined,
    mayTell: () => true,
  };
  for (let run = 0; run < STORY_RUNS; run++) {
    const from = performance.now();
    const { status } = await story(request, world);
    took.push(performance.now() - from);
    if (status !== 202) throw new Error(`answered with ${status}`);
  }
  const us = median(took) * 1000;
  return { what: 'one delivery of 25 kB, our own work alone', median: us, unit: 'µs', runs: STORY_RUNS };
}

/** Of the size that GitHub's are; most of one is of no interest to us. */
function delivery(): Request {
  const body = Buffer.from(
    JSON.stringify({
      action: 'queued',
      workflow_job: {
        id: 289782451,
        run_id: 2202229078,
        name: 'build',
        labels: ['self-hosted', 'aliyun', 'arm64'],
        status: 'queued',
        created_at: '2026-11-20T00:00:00Z',
      },
      repository: { full_name: 'my-org/kernel', private: true, description: 'x'.repeat(24_500) },
      installation: { id: 5 },
    }),
  );
  const digest = createHmac('sha256', ENVIRONMENT.WEBHOOK_SECRET).update(body).digest('hex');
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'workflow_job',
    'x-github-delivery': '0b989ba4-242f-11e5-81e1-c7b6966d2516',
    'x-hub-signature-256': `sha256=${digest}`,
  };
  return { headers, sourceIp: null, bodyBytes: body.length, body: () => body };
}
