/** Set-up for somebody who reads Chinese: each question, each line and each page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { manifestFor } from '../../../cli/setup/manifest.ts';
import { donePage, startPage, wrongPage } from '../../../cli/setup/page.ts';
import type { Answers } from '../../../cli/setup/progress.ts';
import { yesOrNo } from '../../../cli/setup/prompts.ts';
import { askAll, askPlacement } from '../../../cli/setup/questions.ts';
import type { Ask } from '../../../cli/setup/world.ts';
import { operatingWords } from '../../../shared/words/operating.ts';
import { type Operator, operator } from './operator.ts';

const words = operatingWords('zh-CN');
/** Three words on end. */
const ENGLISH = /(?:\b[a-z’']{2,} ){2}[a-z’']{2,}/i;
const COMMANDS = /npm run [a-z]+/g;
const inEnglish = (lines: readonly string[]) =>
  lines.filter((line) => ENGLISH.test(words.say(line).replaceAll(COMMANDS, '')));

let here: Operator | null = null;
afterEach(async () => {
  await here?.close();
  here = null;
});

test.each(['organization', 'repository'])(
  'in scope %s every line is Chinese but for what one pastes',
  async (scope) => {
    here = await operator();
    here.answers.set('Where runners register', scope);
    here.answers.set('The owner of', 'my-org');
    here.answers.set('This is runners.yaml', ['network', 'all', 'write']);
    expect(await here.run(), here.said.join('\n')).toBe(0);
    const yaml = here.said.filter((line) => line.startsWith('\n'));
    expect(yaml.map(words.say), 'runners.yaml is shown as it is written').toEqual(yaml);
    expect(`\n${readFileSync(join(here.root, 'runners.yaml'), 'utf8')}`).toBe(yaml.at(-1));
    const lines = here.said.filter((line) => !line.startsWith('\n'));
    expect(lines.length).toBeGreaterThan(8);
    expect(inEnglish(lines)).toEqual([]);
  },
);

/** Keeps what is asked; what is typed first is wrong, so that its complaint is kept, too. */
function asking(kept: string[]): Ask {
  return {
    async text(message, { default: preset = 'my-org', check }) {
      const complaint = check?.('?! :');
      kept.push(message, ...(typeof complaint === 'string' ? [complaint] : []));
      return preset;
    },
    async choose(message, choices) {
      kept.push(message, ...choices.map(({ name }) => name));
      return (choices.at(-1) as (typeof choices)[number]).value;
    },
    confirm: async () => true,
  };
}

test('every question, every choice, and what is said of a wrong answer', async () => {
  const kept: string[] = [];
  const ask = asking(kept);
  const answers = await askAll({ ask, variables: {} });
  for (const known of [[], ['b', 'h']])
    await askPlacement({ ...answers, isMainland: true }, { ask, variables: {}, zonesOf: async () => known });
  expect(kept.length).toBeGreaterThan(30);
  const same = kept.filter((each) => words.say(each) === each);
  // Regions are called what they are called.
  expect(same).toEqual(['cn-hongkong', 'ap-southeast-1']);
});

const ANSWERS = { name: 'ci', owner: 'my-org', baseUrl: 'https://github.com' } as Answers;

test.each(['organization', 'repository'] as const)('the pages in the browser, in scope %s', (scope) => {
  const { default_permissions: permissions } = manifestFor(
    { ...ANSWERS, scope },
    'http://127.0.0.1/callback',
  );
  const start = startPage({ target: 'https://g.h/x', manifest: '{}', owner: '<b>', permissions }, words);
  const pages = [start, donePage('ci-runners', words), wrongPage('Not here', 'Use 127.0.0.1.', words, '/x')];
  for (const page of pages) {
    expect(page).toContain('<html lang="zh-CN">');
    const text = page.replace(/<style>.*?<\/style>/s, '').replaceAll(/<[^>]*>/g, '\n');
    // GitHub calls its permissions so.
    expect(text.replaceAll(/(organization )?self-hosted runners|event: workflow job/g, '')).not.toMatch(
      ENGLISH,
    );
  }
  expect(start).toContain('为 &lt;b&gt; 创建 GitHub App');
});

test.each([
  ['', true],
  ['y', true],
  ['Yes', true],
  ['是', true],
  ['n', false],
  ['NO', false],
  ['否', false],
  ['不', null],
  ['nope', null],
])('“%s” typed where yes or no is asked is %s', (typed, meant) => {
  expect(yesOrNo(typed)).toBe(meant);
});
