/** What an arrow says is what is to be done: not to report what a person can mend, nor to mend what nobody broke. */
import { afterEach, expect, test } from 'vitest';
import { ACCOUNT_CHECKS } from '../../../cli/doctor/checks/account.ts';
import { GITHUB_CHECKS } from '../../../cli/doctor/checks/github.ts';
import { examine, type Level } from '../../../cli/doctor/finding.ts';
import { operatingWords } from '../../../shared/words/operating.ts';
import { type Healthy, healthy } from './healthy.ts';

let here: Healthy;
afterEach(() => here.close());

const KEY = 'GITHUB_PRIVATE_KEY';
const chinese = operatingWords('zh-CN');

// biome-ignore format: a table reads best as a table.
test.each<[what: string, level: Level, says: RegExp, advice: RegExp, breakIt: (all: Healthy) => unknown]>([
  ['no key of the App in .env',             'wrong',   /^App: GITHUB_APP_ID or GITHUB_PRIVATE_KEY is not set/,        /^run npm run setup$/,                     ({ variables }) => { variables[KEY] = ''; }],
  ['what is no key',                        'wrong',   /^App: the App’s private key is none that can be read$/,       /^the App’s key is none that can be read/, ({ variables }) => { variables[KEY] = 'not a key, and long enough'; }],
  ['a secret that is not there',            'wrong',   /^App: the secret kms:lost could not be read: .*NotFound$/,    /^correct what \.env says of it/,         ({ variables }) => { variables[KEY] = 'kms:lost'; }],
  ['a parameter that is not there',         'wrong',   /^App: the secret oos:lost could not be read: .*EntityNotExist/, /^correct what \.env says of it/,       ({ variables }) => { variables[KEY] = 'oos:lost'; }],
  ['a file that is not there',              'wrong',   /^App: the secret file:lost\.pem could not be read: ENOENT$/,  /^correct what \.env says of it/,         ({ variables }) => { variables[KEY] = 'file:lost.pem'; }],
  ['a secret that is empty',                'wrong',   /^App: the secret oos:blank is empty$/,                        /^correct what \.env says of it/,         ({ variables, management }) => { management.secrets.set('blank', ' '); variables[KEY] = 'oos:blank'; }],
  ['a store that this identity may not read', 'unknown', /^App: could not be looked at: the secret kms:ci-key could not be read: GetSecretValue was refused: 403 NoPermission \(kms:GetSecretValue\)$/, /^allow this action to the identity/, ({ variables, management, denied }) => { management.secrets.set('ci-key', variables[KEY] as string); variables[KEY] = 'kms:ci-key'; denied.add('kms:GetSecretValue'); }],
  ['a key whose session has ended',         'wrong',   /^credentials: .*Invalid(AccessKeyI[Dd]|SecurityToken)/,       /^Alibaba Cloud does not know this key/,   ({ key }) => Object.assign(key, { accessKeyId: 'STS.gone', securityToken: 'gone' })],
  ['Alibaba Cloud out of reach',            'wrong',   /^credentials: GetCallerIdentity got no answer/,               /^there was no answer: check this machine’s network/, ({ variables }) => { variables.ALIBABA_ENDPOINT = 'http://127.0.0.1:9'; }],
])('%s', { timeout: 20_000 }, async (_what, level, says, advice, breakIt) => {
  here = await healthy();
  await breakIt(here);
  const checks = [...ACCOUNT_CHECKS, ...GITHUB_CHECKS].filter(({ name }) => ['credentials', 'clock', 'App'].includes(name));
  const [found, ...more] = (await examine(checks, here.world())).filter((one) => one.level !== 'ok');
  expect(`${found?.check}: ${found?.text}`).toMatch(says);
  expect(found?.level).toBe(level);
  expect(found?.advice).toMatch(advice);
  expect(chinese.say(found?.advice ?? '')).not.toBe(found?.advice);
  expect(more).toEqual([]);
});
