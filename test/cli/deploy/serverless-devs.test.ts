/** Serverless Devs as a deploy runs it: a version of its component, nothing told to others, none of the operator's settings. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
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

async function run(script: string): Promise<number> {
  const command = join(root, 's');
  writeFileSync(command, `#!/bin/bash\n${script}\n`);
  chmodSync(command, 0o755);
  return serverlessDevs({
    ...{ command, root, file: 's.yaml', variables: {}, secrets: [], accountId: '1' },
    accessKey: { accessKeyId: 'LTAI', accessKeySecret: 'a-secret', securityToken: null },
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

test('what it prints is passed on without the key', async () => {
  expect(await run('echo "the key is $AccessKeySecret"; exit 3')).toBe(3);
  expect(said).toEqual(['the key is ***']);
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
])('the tool that we have goes by %s', (word) => {
  expect(readFileSync(join(ROOT, 'node_modules/@serverless-devs/s/lib/index.js'), 'utf8')).toContain(word);
});
