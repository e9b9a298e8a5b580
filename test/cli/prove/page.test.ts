/** The page of facts says what `prove` asks; and what is written for others has no ids. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FACTS } from '../../../cli/prove/facts.ts';
import { withoutIds } from '../../../cli/prove/page.ts';

test('docs/facts.md lists each fact, and whether it was seen', () => {
  const whole = readFileSync(new URL('../../../docs/facts.md', import.meta.url), 'utf8');
  const [, page = ''] = /^## The facts$(.*?)^## /ms.exec(whole) ?? [];
  const rows = [...page.matchAll(/^\| (.+) \| (.+) \| (.+) \| (.+) \|$/gm)].map(([, ...cells]) => cells);
  expect(rows.map((cells) => cells.slice(0, 3))).toEqual(
    Object.values(FACTS).map(({ question, assumed, otherwise }) => [question, assumed, otherwise]),
  );
  for (const [, , , seen] of rows)
    expect(seen).toMatch(/^(UNCONFIRMED|seen on \d{4}-\d\d-\d\d in [a-z]+-[a-z0-9-]+)$/);
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['i-bp1abcdefghij is Stopped',                                   '… is Stopped'],
  ['RoleArn acs:ram::1234567890123456:role/x is bad',              'RoleArn … is bad'],
  ['request id: 8A1B2C3D-1111-2222-3333-444455556666',             'request id: …'],
  ['key LTAI5tAbCdEfG and STS.NTabc-d',                            'key … and …'],
  ['the account 1234567890123456 owes',                            'the account … owes'],
  ['https://my-bucket.oss-cn-hangzhou-internal.aliyuncs.com/x',    'https://….oss-cn-hangzhou-internal.aliyuncs.com/x'],
  ['CreateRole got no answer from ci-run.cn-hongkong.ots.aliyuncs.com', 'CreateRole got no answer from ….cn-hongkong.ots.aliyuncs.com'],
  ['ecs.c7.large in cn-hangzhou-h: acs:ubuntu_24_04_x64, 2026-11-28T10:00:00Z', 'ecs.c7.large in cn-hangzhou-h: acs:ubuntu_24_04_x64, 2026-11-28T10:00:00Z'],
])('%s is told as: %s', (text, told) => {
  expect(withoutIds(text)).toBe(told);
});
