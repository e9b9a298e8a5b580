/** Serverless Devs as a deploy runs it: a version of its component, nothing told to others, none of the operator's settings. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { serverlessDevs } from '../../../cli/deploy/serverless-devs.ts';

const ROOT = join(import.meta.dirname, '../../..');
let root: string;
const said: string[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tool-'));
  said.length = 0;
});
afterEach(() => rmSync(root, { recursive: true }));

async function run(script: string, securityToken: string | null = null): Promise<number> {
  const command = join(root, 's');
  writeFileSync(command, `#!/bin/bash\n${script}\n`);
  chmodSync(command, 0o755);
  return serverlessDevs({
    ...{ command, root, file: 's.yaml', variables: {}, secrets: [], accountId: '1' },
    accessKey: { accessKeyId: 'LTAI', accessKeySecret: 'a-secret', securityToken },
    say: (line) => void said.push(line),
  });
}

test('it has a home of its own, in which reports are off and no update is due', async () => {
  const lock = join(root, '.cache/serverless-devs/.s/components/devsapp.cn/v3/fc3@0.1.22/.s.lock');
  mkdirSync(join(lock, '..'), { recursive: true });
  writeFileSync(lock, '{"version":"0.1.22","lastUpdateCheck":1}');
  const script = 'cat "$serverless_devs_config_home"/.s/{set-config.yml,config/update-notifier.json}';
  expect(await run(script)).toBe(0);
  expect(said[0]).toBe('analysis: disable');
  const { lastUpdateCheck } = JSON.parse(said[1] ?? '') as { lastUpdateCheck: number };
  expect(lastUpdateCheck).toBeGreaterThan(Date.UTC(2090, 0));
  expect(JSON.parse(readFileSync(lock, 'utf8'))).toEqual({ version: '0.1.22', lastUpdateCheck });
  expect(existsSync(join(root, '.cache/serverless-devs/.s/access.yaml'))).toBe(false);
});

test('its logs, in which secrets stand, are gone when it is, those of one that was killed before it begins, and nobody else reads them', async () => {
  const logs = join(root, '.cache/serverless-devs/.s/logs');
  mkdirSync(join(logs, 'of one that was killed'), { recursive: true });
  const script =
    'ls "$serverless_devs_config_home"/.s; stat -c %a "$serverless_devs_config_home"; mkdir -p "$serverless_devs_config_home"/.s/{logs,fc/zip}; echo "Logs:     $serverless_devs_config_home"; exit 1';
  expect(await run(script)).toBe(1);
  expect(said).toEqual(['config', 'set-config.yml', '700']);
  expect([existsSync(logs), existsSync(join(logs, '../fc/zip'))]).toEqual([false, false]);
});

test('whoever leaves in its midst leaves none of them either, and nothing that writes on', async () => {
  const logs = join(root, '.cache/serverless-devs/.s/logs');
  const before = new Set(process.listeners('exit'));
  const ended = run('mkdir -p "$serverless_devs_config_home"/.s/logs; echo there; exec tail -f /dev/null');
  await vi.waitFor(() => expect(said).toEqual(['there']), 10_000);
  const [leave] = process.listeners('exit').filter((each) => !before.has(each));
  leave?.call(process, 130);
  expect(existsSync(logs)).toBe(false);
  expect(await ended).toBe(1);
});

test('what its component loads by itself has a version, too', async () => {
  expect(await run('echo "$core_load_serverless_devs_component"')).toBe(0);
  expect(said).toEqual([expect.stringMatching(/^fc3-domain@\d+\.\d+\.\d+$/)]);
});

test('what it prints is passed on without the key', async () => {
  expect(await run('echo "the key is $runners_serverless_devs_key"; exit 3', 'a-token')).toBe(3);
  const key = { AccountID: '1', AccessKeyID: 'LTAI', AccessKeySecret: '***', SecurityToken: '***' };
  expect(said).toEqual([`the key is ${JSON.stringify(key)}`]);
});

test('the key is in the one variable of which the tool takes a session’s token, and no other key is there', async () => {
  vi.stubEnv('AccessKeyID', 'of the operator’s shell');
  vi.stubEnv('serverless_devs_access_cicd_alias_name', 'another');
  const script = 'echo "$*"; env | grep -ic "^access\\|cicd_alias" || true';
  expect(await run(script, 'a-token')).toBe(0);
  vi.unstubAllEnvs();
  expect(said).toEqual(['deploy -y -a runners_serverless_devs_key -t s.yaml', '0']);
});

test('each function names one version of the component, the one whose schema is tested against', () => {
  const { resources } = parse(readFileSync(join(ROOT, 's.yaml'), 'utf8')) as {
    resources: Record<string, { component: string }>;
  };
  expect(new Set(Object.values(resources).map(({ component }) => component))).toEqual(
    new Set(['fc3@0.1.22']),
  );
});

/** After an upgrade of the tool these words may be others, and it would report again. */
test.each([
  'serverless_devs_config_home',
  'set-config.yml',
  'analysis)==="disable"&&e==="report.js"',
  'update-notifier.json',
  'lastUpdateCheck',
  '"components","devsapp.cn","v3"',
  '".s.lock"',
  'ENDS_WITH_KEY_DEVS_KEY="_serverless_devs_key"',
  'KEY_PAIR_IMPORTANT=["AccountID","AccessKeyID","AccessKeySecret"]',
  'CICD_ACCESS_ALIAS_KEY="serverless_devs_access_cicd_alias_name"',
])('the tool that we have goes by %s', (word) => {
  expect(readFileSync(join(ROOT, 'node_modules/@serverless-devs/s/lib/index.js'), 'utf8')).toContain(word);
});
