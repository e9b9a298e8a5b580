/** The same answers in the language of the terminal; JSON and the ledger stay English. */
import { expect, test } from 'vitest';
import { renderText } from '../../../cli/explain/text.ts';
import { languageOf } from '../../../shared/words/language.ts';
import { operatingWords } from '../../../shared/words/operating.ts';
import { wordsOf } from '../../../shared/words/words-of.ts';
import { MINUTE_MS, OURS, open, operatorOf, queue, type Read, read } from './fixture.ts';

const LANG = { LANG: 'zh_CN.UTF-8' };

async function toldIn(env: Record<string, string>, labels: string, passMs: number): Promise<[Read, string]> {
  const world = await open();
  const job = queue(world, labels);
  await world.pass(passMs);
  const found = await read(world, job);
  return [found, renderText(found.findings, operatorOf(world).config, false, wordsOf(env))];
}

test('a refused job', async () => {
  const [, text] = await toldIn(LANG, OURS.replace('arm64', 'arm46'), 20_000);
  expect(text).toContain('它被拒绝了：看不懂标签 “arm46”；想写的是不是 “arm64”？');
  expect(text).toContain('→ 请改正工作流里的 runs-on，再重新运行。有哪些标签：docs/zh-CN/configure.md');
});

test.each([
  { what: 'a job that is coming', passMs: 20_000, says: /它的运行器 \S+（\S+ 的 ecs\.\S+）正在开机，已 / },
  { what: 'a job that runs', passMs: 4 * MINUTE_MS, says: /它在 \S+ 上运行（\S+ 的 ecs\.\S+），已 / },
  { what: 'a job that ended', passMs: 15 * MINUTE_MS, says: /它在 \S+（\S+ 的 ecs\.\S+）上成功了。/ },
])('$what, and each line of its story', async ({ passMs, says }) => {
  const [, text] = await toldIn(LANG, OURS, passMs);
  expect(text).toMatch(says);
  const story = text.split('\n').filter((line) => /^ {2}\d\d:\d\d:\d\d/.test(line));
  expect(story.length).toBeGreaterThan(2);
  expect(story.filter((line) => !/\p{Script=Han}/u.test(line))).toEqual([]);
});

// biome-ignore format: a table reads best as a table.
test.each([
  [{ LANG: 'en_US.UTF-8' }, 'en', false],
  [{}, 'en', false],
  [{ LANG: 'zh_TW.UTF-8', LC_ALL: 'C' }, 'zh-CN', false],
  [{ LANG: 'C', LC_MESSAGES: 'zh_CN.UTF-8' }, 'en', true],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'zh_CN.UTF-8' }, 'en', true],
  [{ LANG: 'zh_CN.UTF-8', LC_ALL: '' }, 'en', true],
  [{ LANG: 'zh_CN.GB18030' }, 'zh-CN', false],
  // What the deployment prefers stands behind a language that somebody chose.
  [{ LANG: 'en_US.UTF-8' }, 'zh-CN', true],
  [{}, 'zh-CN', true],
  [{ LANG: 'C' }, 'zh-CN', false],
  [{ LC_ALL: 'en_US.UTF-8' }, 'zh-CN', false],
] as const)('with %o, and alerts in %s, a command is in Chinese: %s', (env, preferred, isChinese) => {
  const said = isChinese ? '它在等运行器。' : 'It waits for a runner.';
  expect(wordsOf(env, preferred)('It waits for a runner.')).toBe(said);
  expect(operatingWords(languageOf(env, preferred)).say('It waits for a runner.')).toBe(said);
});
