import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { alertsTo } from '../../../shared/adapters/alerts.ts';
import { RunnersYaml } from '../../../shared/config/config.ts';

const said: unknown[] = [];
const robot = createServer(async (request, response) => {
  if (request.url === '/moved') return void response.writeHead(302, { location: '/' }).end();
  if (request.method === 'GET') return void response.end('ok');
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

test('what a stranger wrote into a label calls nobody, hides nothing and stays one line', async () => {
  const because = `the label '<at user_id="all">a</at>\u202e\u001b[2J\nb' is not understood`;
  for (const format of ['feishu', 'dingtalk', 'json'] as const)
    await alertsTo({ name: 'ci', alerts: { ...defaults, format, url: address() } }).post(because);
  const text = `the label '＜at user_id="all"＞a＜/at＞ [2J b' is not understood`;
  expect(said).toEqual([
    { msg_type: 'text', content: { text: `[ci] ${text}` } },
    { msgtype: 'text', text: { content: `[ci] ${text}` } },
    { deployment: 'ci', text },
  ]);
});

test('an address that leads elsewhere is told of: what follows it without its body has posted nothing', async () => {
  const url = `${address()}/moved`;
  const post = alertsTo({ name: 'ci', alerts: { ...defaults, url } }).post(TEXT);
  await expect(post).rejects.toThrow('the address in alerts.url answered 302');
});
