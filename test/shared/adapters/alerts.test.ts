import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { alertsTo } from '../../../shared/adapters/alerts.ts';
import { RunnersYaml } from '../../../shared/config/config.ts';

const said: unknown[] = [];
const robot = createServer(async (request, response) => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  said.push(JSON.parse(Buffer.concat(parts).toString()));
  response.end('{"errcode":0}');
});
beforeAll(() => new Promise<void>((done) => void robot.listen(0, '127.0.0.1', done)));
afterAll(() => new Promise((done) => void robot.close(done)));
beforeEach(() => void said.splice(0));

const address = () => `http://127.0.0.1:${(robot.address() as AddressInfo).port}`;
const defaults = RunnersYaml.shape.alerts.parse({});
const TEXT = 'The runner ci-1 is busy, and no more than 60 minutes of its lifetime are left.';

test.each([
  {
    alerts: { format: 'dingtalk', language: 'zh-CN' },
    body: { msgtype: 'text', text: { content: '[ci] 运行器 ci-1 正忙，而且存活时间只剩不到 60 分钟。' } },
  },
  {
    alerts: { format: 'feishu', language: 'zh-CN' },
    body: { msg_type: 'text', content: { text: '[ci] 运行器 ci-1 正忙，而且存活时间只剩不到 60 分钟。' } },
  },
  { alerts: {}, body: { deployment: 'ci', text: TEXT } },
] as const)('an alert is posted as $alerts asks', async ({ alerts, body }) => {
  await alertsTo({ name: 'ci', alerts: { ...defaults, ...alerts, url: address() } }).post(TEXT);
  expect(said).toEqual([body]);
});
