/** Alerts in Chinese: nothing stale in the catalogue, little that is missing, and what outsiders wrote stays as it is. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CHECKS } from '../../../cli/doctor/index.ts';
import { CHECKS_IN_CHINESE } from '../../../shared/words/chinese/doctor-github.ts';
import { inChinese } from '../../../shared/words/chinese.ts';
import { OPERATING, operatingWords } from '../../../shared/words/operating.ts';
import { translatorOf } from '../../../shared/words/translate.ts';
import { sentencesIn } from './literals.ts';

const ROOT = join(import.meta.dirname, '../../..');
const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const sources = ['functions', 'shared', 'cli']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  )
  .filter((path) => path.endsWith('.ts') && !/(^shared\/words|words-zh)/.test(path));

/** Clauses that alerts quote; the alerts themselves stand where they are raised. */
const QUOTED = [
  'functions/launcher/explain-refusal.ts',
  'functions/reaper/brake/endings.ts',
  'functions/reaper/own-instance.ts',
  'functions/reaper/rounds/decide-rerun.ts',
  'shared/adapters/ecs/codes.ts',
  'shared/adapters/ecs/meaning.ts',
  'shared/job/bounds.ts',
  'shared/job/forks.ts',
  'shared/job/label-words.ts',
  'shared/job/labels.ts',
];
const keys = Object.keys(OPERATING);
const inAll = operatingWords('zh-CN').say;
/** What `explain` says, and why. */
const EXPLAINED = [
  'cli/explain/answer.ts',
  'cli/explain/objection.ts',
  'cli/explain/story.ts',
  'functions/reaper/brake/charge.ts',
  'functions/webhook/decide.ts',
  'shared/adapters/tablestore/capacity/money.ts',
  'shared/adapters/tablestore/capacity/row.ts',
  'shared/advisor/never.ts',
  'shared/story/describe-job.ts',
];
/** Names, and what is put together from parts: the catalogue has the whole. */
const PARTS = [
  'stopped in its boot',
  '{}; jobs that wait for it: {}. {}. {}.',
  'it asks for no {}',
  'it asks for {} from {} down to {}: write the smaller number first',
  "It ended with '{}' {}. Our history has nothing of it.",
  'It {} before any runner took it.',
  'Its runner {} has been online {}; GitHub has not handed the job over yet.',
  'there is no {} {} in {}',
  'no {} {} has both its {} cores, or a few more, and its memory; sizes are {} cores',
];
/** Without what is filled in at its ends. */
const ownWords = (sentence: string) => sentence.replaceAll(/\{\}[.?]/g, '{}').replaceAll(/^\{\} |\{\}$/g, '');

const have = keys.map((key) => key.replaceAll(/\{\}[.?]/g, '{}'));

/** A new sentence may be read in English for a while. */
const MISSING_MAX = 6;

/** Routes, names, ends of sentences, and what --help says. */
const NONE =
  /<\w|^\s*body \{|-src 'none'|charset=|^# |^(GET|POST|PATCH) \/|^npm run \w+( --)?$|^--|^(Federated|Service) |^ or more$|^it is in stock$|DryRun/;
const TOLD_WITH_OTHERS = [
  'Checks that everything is well, and changes nothing. Exit code 1: something is wrong.',
  ...['the findings as JSON', 'another runners.yaml', 'doctor only reads', 'no answer', 'all but {}'],
  ...['does not serve', 'no runner comes', ' ({} of {} MB are copied)', '; the last copy ended: {}'],
  'From an account and an organisation to the first delivery. Leave it at any point: the next run goes on from there.',
  'Make a runner group {} in {}, for {} and without public repositories{}.',
  ...['ALIYUN_VSWITCH_ID_A … _Z', 'self hosted', 'no placement', 'of another'],
  'the bucket of {} does not have it{}: each machine there fetches it from GitHub{}',
  '{} {} restricted to the allow-list',
  ...['image {}: {} has no {}', 'image {}: {} in {} {}'],
];

const raising = sources.filter((path) => /alertOnce\(/.test(textOf(path)) && path !== 'shared/alert-once.ts');

test.each([
  { what: 'an alert', paths: [...raising, ...QUOTED] },
  { what: 'an answer of explain', paths: EXPLAINED },
])('hardly $what is without a translation', ({ paths }) => {
  expect(paths.length).toBeGreaterThan(8); // so that what follows searches something
  const missing = [...new Set(paths.flatMap((path) => sentencesIn(textOf(path))))]
    .filter((sentence) => !PARTS.includes(sentence))
    .filter((sentence) => !have.some((key) => key.includes(ownWords(sentence))));
  expect(missing.length, `not in shared/words/chinese/:\n${missing.join('\n')}`).toBeLessThanOrEqual(
    MISSING_MAX,
  );
});

test.each(['cli/doctor/', 'cli/setup/'])('no sentence of %s is without a translation', (folder) => {
  const paths = sources.filter((path) => path.startsWith(folder));
  expect(paths.length).toBeGreaterThan(14);
  const names = Object.keys(CHECKS_IN_CHINESE);
  const missing = paths
    .flatMap((path) => sentencesIn(textOf(path), 2))
    .filter((sentence) => !NONE.test(sentence) && !TOLD_WITH_OTHERS.includes(sentence))
    .filter((sentence) => !names.includes(sentence) && !have.some((key) => key.includes(ownWords(sentence))));
  expect(missing).toEqual([]);
});

test('each check of doctor has a name in Chinese, and no other has', () => {
  expect(Object.keys(CHECKS_IN_CHINESE).sort()).toEqual(CHECKS.map(({ name }) => name).sort());
});

test('the catalogue has no sentence with words that no one source has', () => {
  const wordsOf = (text: string) => text.match(/[\w’.-]*[\w’]/g) ?? [];
  const said = sources.map((path) => new Set(wordsOf(textOf(path).replaceAll('\\n', '\n'))));
  const isSaid = (key: string) => said.some((words) => wordsOf(key).every((word) => words.has(word)));
  expect(keys.filter((key) => !isSaid(key))).toEqual([]);
});

test.each(Object.entries(OPERATING))('%s', (english, chinese) => {
  const count = english.split('{}').length - 1;
  const used = [...chinese.matchAll(/\{(\d+)\}/g)].map(([, at]) => Number(at));
  expect([...new Set(used)].sort()).toEqual(Array.from({ length: count }, (_, at) => at + 1));
  // Each is found as itself, whatever else the catalogue has.
  const value = (each: number) => `v${each}`;
  let at = 0;
  const text = english.replaceAll('{}', () => value(++at));
  expect(inAll(text)).toBe(chinese.replaceAll(/\{(\d+)\}/g, (_, each) => value(Number(each))));
});

// biome-ignore format: a table reads best as a table.
test.each([
  [
    'The job 7 of acme/app was refused because it asks for 128 cores, and limits.cpu is 64. What to do: npm run explain -- 7',
    'acme/app 的作业 7 被拒绝：它要 128 核，而 limits.cpu 是 64。该怎么办：npm run explain -- 7',
  ],
  [
    'The job 7 of acme/app had 3 runners of no use, the last one because it never came online. Likely cause: the image does not boot, or the network reaches neither GitHub nor the mirror.',
    'acme/app 的作业 7 有 3 个运行器没派上用场，最近一个的原因：它从未上线。可能的原因：镜像启动不了，或网络既到不了 GitHub 也到不了 mirror。',
  ],
  [
    'Alibaba Cloud refuses every launch (Account.Arrearage): top up the Alibaba Cloud account, or settle its bill',
    '阿里云拒绝每一次启动（Account.Arrearage）：请为阿里云账号充值，或结清账单',
  ],
  [
    'The account’s quota is used up, and jobs wait until an instance of ours ends: it gives no more than 64 vCPUs of ecs.c8y (spot) in cn-hangzhou (QuotaExceed.ElasticQuota). Ask for more in the Quota Center, or set limits.runners to what there is.',
    '账号的配额已用尽，作业要等到我们的某台实例结束：cn-hangzhou 的规格族 ecs.c8y（spot）最多只给 64 个 vCPU（QuotaExceed.ElasticQuota）。请在配额中心申请提额，或把 limits.runners 设成实际有的数。',
  ],
  [
    'The runner ci-1 was given the job 7 of eve/x, which is refused because the repository is not under repositories.allow. Its machine ended it, and its run is cancelled. Restrict the runner group ci-runners to the repositories that may use it.',
    '运行器 ci-1 分到了 eve/x 的作业 7，而该作业应被拒绝：该仓库不在 repositories.allow 之列。它的机器已结束它，它所属的运行也已取消。请把运行器组 ci-runners 限制在可以使用它的仓库。',
  ],
])('an alert is translated with all that it quotes: %s', (english, chinese) => {
  expect(inChinese(english)).toBe(chinese);
});

const small = translatorOf({ 'A {} of {}.': '{2}的{1}。', 'a b': '甲', job: '作业' });

test.each([
  { what: 'a sentence that is not known', text: 'Something else.', to: 'Something else.' },
  { what: 'a value that is not known', text: 'A thing of mine.', to: 'mine的thing。' },
  { what: 'a value that looks like a place to fill', text: 'A {2} of $1.', to: '$1的{2}。' },
  { what: 'a value that is a clause', text: 'A a b of x.', to: 'x的甲。' },
  { what: 'a known sentence before another', text: 'A p of q. Then what?', to: 'q的p。Then what?' },
  { what: 'a name that is a word of ours', text: 'A job of word.', to: 'word的job。' },
  { what: 'nothing', text: '', to: '' },
])('$what stays what it is', ({ text, to }) => {
  expect(small(text)).toBe(to);
});

test('a hostile text costs one look from left to right', () => {
  const hostile = `A ${' of'.repeat(100_000)}`;
  expect(small(hostile)).toBe(hostile);
});
