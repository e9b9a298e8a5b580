import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { buildFunction } from '../../../build.ts';
import {
  bundleBody,
  type ServedFunctionCompute,
  serveFunctionCompute,
} from '../../../simulator/function-compute/index.ts';
import { CONFIG } from '../../build-config.ts';
import { deliver, queued, SECRET } from '../../functions/webhook/deliveries.ts';
import { closers, host } from './hosted-world.ts';

const folder = mkdtempSync(join(tmpdir(), 'hosted-webhook-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(['acs3', 'fc'] as const)(
  'the built webhook takes a signed delivery over HTTP and has the launcher invoked, signed with %s',
  async (signature) => {
    const config = { ...CONFIG, functionCompute: { ...CONFIG.functionCompute, signature } };
    const webhookPath = (await buildFunction('webhook', config, join(folder, signature))).path;
    const got: string[] = [];
    let served: ServedFunctionCompute | undefined;
    const env = () => ({
      FC_REGION: 'cn-hongkong',
      FC_ACCOUNT_ID: '1234567890123456',
      WEBHOOK_SECRET: SECRET,
      LAUNCHER_FUNCTION: 'ci-launcher',
      REAPER_FUNCTION: 'ci-reaper',
      INVOKE_ENDPOINT: served?.endpoint ?? '',
    });
    const common = { timeoutMs: 9_000, memoryMb: 256 };
    const { fc, clock, lines, until } = host((clock) => [
      {
        ...common,
        name: 'ci-webhook',
        http: { methods: ['POST'] },
        body: bundleBody(webhookPath, { clock, clockScale: 1, env }),
      },
      { ...common, name: 'ci-launcher', body: async (bytes) => void got.push(bytes.toString()) },
    ]);
    served = await serveFunctionCompute(fc, { signatures: [signature] });
    closers.unshift(() => served?.close());
    const url = served.urlOf('ci-webhook');
    const post = async ({ body, headers }: ReturnType<typeof deliver>) => {
      const reply = await fetch(url, { method: 'POST', headers, body: Buffer.from(body) });
      return { status: reply.status, text: await reply.text() };
    };
    // Several, because the trigger hands text over as text or as base64.
    for (let n = 0; n < 6; n++)
      expect(await post(deliver(queued()))).toEqual({ status: 202, text: 'handed to launcher' });
    await until(() => got.length === 6);
    expect(JSON.parse(got[0] as string)).toMatchObject({
      kind: 'queued',
      job: { repository: 'my-org/kernel' },
    });
    expect(
      await post(deliver(queued(), { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` })),
    ).toMatchObject({
      status: 401,
    });
    expect(await post(deliver(Buffer.from([0xff, 0xfe])))).toMatchObject({ status: 401 });
    await until(() => lines.length === 8);
    expect(lines.map((line) => JSON.parse(line)).map(({ event, status }) => [event, status])).toEqual([
      ...Array.from({ length: 6 }, () => ['webhook.decided', 202]),
      ['webhook.decided', 401],
      ['webhook.decided', 401],
    ]);
    expect(Math.abs(Date.parse(JSON.parse(lines[0] as string).at) - clock.nowMs())).toBeLessThan(60_000);
    expect(lines.join('\n')).not.toContain(SECRET);
    expect(lines.join('\n')).not.toContain('queue.signature-changed');
  },
);
