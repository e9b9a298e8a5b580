/** Who may ask the dashboard, and what it answers. */
import { request } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { HOSTILE, type Shown, show, TOKEN } from './fixture.ts';

let shown: Shown;
afterEach(() => shown.close());

interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** With `fetch`, no test could choose its Host. */
function get(path: string, { method = 'GET', headers = {}, body = '' }: Asked = {}): Promise<Got> {
  const { port } = new URL(shown.dashboard.url);
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
      );
    });
    sent.on('error', reject).end(body);
  });
}

/** A page with what it shows, which comes after its first painting. */
async function read(page: string, asked: Asked = {}): Promise<Got> {
  await get(`/${TOKEN}/api/${page}`);
  return get(`/${TOKEN}/${page}`, asked);
}

const ownOrigin = () => new URL(shown.dashboard.url).origin;

test('nobody gets anything without the path, by another name, from another site, or by another method', async () => {
  shown = await show('empty');
  const inside = `/${TOKEN}/now`;
  const table: readonly [path: string, asked: Asked, status: number][] = [
    [inside, {}, 200],
    ['/', {}, 404],
    ['/now', {}, 404],
    [`/${TOKEN.slice(1)}b/now`, {}, 404],
    [`/${TOKEN}/../etc/passwd`, {}, 404],
    [`/${TOKEN}/assets/page.js`, {}, 404],
    [`/${TOKEN}/api/nothing`, {}, 404],
    [inside, { headers: { host: 'evil.example:80' } }, 421],
    [inside, { headers: { host: '127.0.0.1.evil.example:80' } }, 421],
    [inside, { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } }, 403],
    [inside, { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } }, 200],
    [inside, { method: 'DELETE' }, 405],
    [inside, { method: 'POST' }, 403],
    [inside, { method: 'POST', headers: { origin: ownOrigin() } }, 404],
    [`/${TOKEN}/retire?runner=x`, {}, 404],
  ];
  for (const [path, asked, status] of table) {
    const got = await get(path, asked);
    expect(got.status, `${path} ${JSON.stringify(asked)}`).toBe(status);
    if (status !== 200) expect(got.body).not.toContain('<');
  }
});

test('every answer has a policy that runs nothing but our file, and is kept nowhere', async () => {
  shown = await show('empty');
  for (const path of ['now', 'page.js', 'api/now', 'nothing']) {
    const { headers } = await get(`/${TOKEN}/${path}`);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['referrer-policy']).toBe('no-referrer');
  }
});

test('markup, control characters and turned text of a job reach no page, and JSON says them escaped', async () => {
  shown = await show('busy');
  for (const page of ['now', 'waits', 'money', 'health']) {
    const { body } = await read(page);
    expect(body, page).not.toMatch(/<img|onerror="|style=|<script>/);
    expect(body, page).not.toMatch(/[\u007f-\u009f\u200b-\u200f\u202a-\u202e]/);
    expect(body, page).not.toContain('\u001b');
  }
  const { body } = await get(`/${TOKEN}/api/now`);
  expect(body).not.toContain('\u202e');
  const { runners } = JSON.parse(body) as { runners: { jobName: string }[] };
  expect(runners.map(({ jobName }) => jobName)).toContain(HOSTILE);
});

test.each([
  {
    page: 'now',
    has: ['at', 'lastSweepAt', 'slots', 'spendPerHour', 'runners', 'moments', 'jobs', 'refused', 'gone'],
  },
  { page: 'waits?days=1', has: ['from', 'at', 'all', 'over', 'byLabels', 'byRepository', 'cutDays'] },
  { page: 'money', has: ['from', 'currency', 'total', 'by', 'trouble', 'unavailable'] },
  { page: 'health', has: ['at', 'lastSweepAt', 'alerts', 'findings'] },
])('api/$page has what docs/dashboard.md lists', async ({ page, has }) => {
  shown = await show('busy');
  const { status, body } = await get(`/${TOKEN}/api/${page}`);
  expect(status).toBe(200);
  expect(Object.keys(JSON.parse(body) as object)).toEqual(expect.arrayContaining(has));
});

test('the page Job says what explain says', async () => {
  shown = await show('busy');
  const { body } = await get(`/${TOKEN}/api/job?id=${shown.job}`);
  const { answer } = JSON.parse(body) as { answer: { text: string } };
  expect(answer.text).toMatch(/^It /);
  const page = await read(`job?id=${shown.job}&lang=en`);
  expect(page.body).toContain(answer.text.split(' ').slice(0, 4).join(' '));
});

test('out of reach: the page says why and what to do, JSON is 503, and neither is an empty world', async () => {
  shown = await show('ledger out of reach');
  const page = await read('now?lang=en');
  expect(page.body).toContain('It could not be read: the table did not answer within 5 s.');
  expect(page.body).not.toContain('No runner is alive.');
  const { status, body } = await get(`/${TOKEN}/api/now`);
  expect(status).toBe(503);
  expect(JSON.parse(body)).toEqual({ error: 'the table did not answer within 5 s', lastReadAt: null });
});

test('a sweep that is late is said first', async () => {
  shown = await show('broken sweep');
  const { body } = await read('now?lang=en');
  expect(body).toContain('and there is one each minute');
  expect(body.indexOf('one each minute')).toBeLessThan(body.indexOf('slots taken'));
});

test('the language is the browser’s, and a choice outlasts a click', async () => {
  shown = await show('empty');
  const chinese = await read('now', { headers: { 'accept-language': 'zh-CN,zh;q=0.9' } });
  expect(chinese.body).toContain('<html lang="zh-CN">');
  expect(chinese.body).toContain('没有存活的运行器');
  const chosen = await get(`/${TOKEN}/now?lang=en`, { headers: { 'accept-language': 'zh-CN' } });
  expect(chosen.body).toContain('href="money?lang=en"');
});

test('with --allow-actions a runner is retired, after a question, from this page alone', async () => {
  shown = await show('busy', true);
  const { ledger } = shown.world.adapters();
  const entries = (await ledger.runners.list(100)).things.map(({ entry }) => entry);
  const booting = entries.find(({ state }) => state === 'booting');
  const busy = entries.find(({ state }) => state === 'busy');
  if (booting === undefined || busy === undefined) throw new Error('the world has no such runners');
  expect((await read('now?lang=en')).body).toContain(`retire?runner=${booting.name}`);
  const question = await get(`/${TOKEN}/retire?runner=${booting.name}`);
  expect(question.body).toContain('<form method="post"');
  const form = { method: 'POST', body: `runner=${booting.name}` };
  expect((await get(`/${TOKEN}/retire`, form)).status).toBe(403);
  expect(
    (await get(`/${TOKEN}/retire`, { ...form, headers: { origin: 'http://evil.example' } })).status,
  ).toBe(403);
  expect((await ledger.runners.read(booting.name))?.entry.isUnwanted).toBe(false);
  expect((await get(`/${TOKEN}/retire`, { ...form, headers: { origin: ownOrigin() } })).status).toBe(200);
  const after = (await ledger.runners.read(booting.name))?.entry;
  expect(after).toMatchObject({ isUnwanted: true, because: 'the operator asked for it' });
  // One with a job is left alone.
  await get(`/${TOKEN}/retire`, {
    method: 'POST',
    body: `runner=${busy.name}`,
    headers: { origin: ownOrigin() },
  });
  expect((await ledger.runners.read(busy.name))?.entry).toMatchObject({ state: 'busy', isUnwanted: false });
});
