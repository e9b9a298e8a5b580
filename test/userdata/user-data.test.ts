import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { USER_DATA_MAX_BYTES } from '../../shared/limits.ts';
import { quoted } from '../../shared/runner/bash.ts';
import { machineMirrors } from '../../shared/runner/package-mirrors.ts';
import { type UserDataValues, userData } from '../../shared/runner/user-data.ts';
import { jitConfigOf } from '../../simulator/told-by-user-data.ts';
import fc from '../fast-check.ts';
import { boot, removeInstances, SCRIPTS } from './instance.ts';
import { realJitConfig, VALUES } from './values.ts';

afterEach(removeInstances);

const ALL_MIRRORS = machineMirrors('cn-hangzhou', {
  npm: 'https://npm.corp.example/',
  docker: 'https://hub.corp.example',
});

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom("'", '"', '\\', '$', '`', '\n', '\r', ' ', ';', '(', '!', 'x'),
    maxLength: 30,
  }),
);

test('any text reaches bash as it was, as one word and without being run', () => {
  fc.assert(
    fc.property(
      fc.array(
        text.filter((word) => !word.includes('\0')),
        { minLength: 1, maxLength: 40 },
      ),
      (words) => {
        const script = `list=(${words.map(quoted).join(' ')})\nprintf '%s\\0' "\${list[@]}"`;
        const { stdout, stderr } = spawnSync('bash', ['-s'], { input: script, encoding: 'utf8' });
        expect(stderr).toBe('');
        expect(stdout.split('\0').slice(0, -1)).toEqual(words);
      },
    ),
    { numRuns: 60 },
  );
});

test('a NUL, which bash would drop, is refused', () => {
  expect(() => quoted('a\0b')).toThrow(RangeError);
});

const DIGEST = createHash('sha256').update('actions').digest('hex');
const OTHER_DIGEST = createHash('sha256').update('tools').digest('hex');

const sizeOf = (values: Partial<UserDataValues>) =>
  Buffer.byteLength(userData({ ...VALUES, jitConfig: realJitConfig(), docker: true, ...values }, SCRIPTS));

test('a job with docker stays under 17.5 KB with a JIT config of more than four, and one of the mainland under 18.5', () => {
  expect(realJitConfig().length).toBeGreaterThan(4000);
  expect(sizeOf({ usage: false })).toBeLessThan(17.5 * 1024);
  expect(sizeOf({ usage: false, mirrors: ALL_MIRRORS })).toBeLessThan(18.5 * 1024);
});

test('everything of ours together leaves the rest to the operator', () => {
  const full = sizeOf({
    usage: true,
    registryMirror: 'https://registry-mirror.example.com',
    mirrors: ALL_MIRRORS,
    actions: {
      url: `https://ci-runners.oss-cn-hangzhou-internal.aliyuncs.com/actions/bundle-${DIGEST.slice(32)}.tar`,
      sha256: DIGEST,
    },
    tools: {
      url: `https://ci-runners.oss-cn-hangzhou-internal.aliyuncs.com/tools/list-${DIGEST.slice(0, 32)}.txt`,
      sha256: OTHER_DIGEST,
    },
    proxy: {
      http: 'http://user:secret@10.0.0.9:3128',
      https: 'http://user:secret@10.0.0.9:3128',
      noProxy: ['.corp.example'],
    },
    selfDestruct: {
      roleName: 'ci-runner-instance',
      ecsEndpoint: 'https://ecs-vpc.cn-hangzhou.aliyuncs.com',
    },
  });
  expect(USER_DATA_MAX_BYTES - full).toBeGreaterThan(1024);
});

test('what would be too large is refused by name', () => {
  expect(() => userData({ ...VALUES, extraUserData: randomBytes(8192).toString('hex') }, SCRIPTS)).toThrow(
    /extraUserData/,
  );
});

test('the same values give the same bytes, because a launch is resent byte for byte', () => {
  expect(userData(VALUES, SCRIPTS)).toBe(userData({ ...VALUES }, { ...SCRIPTS }));
});

test('the stop is armed by the first line that does anything', () => {
  expect(userData(VALUES, SCRIPTS).split('\n').slice(0, 3)).toEqual([
    '#cloud-boothook',
    '#!/usr/bin/env bash',
    "trap 'systemctl poweroff' EXIT",
  ]);
});

test.each([realJitConfig(), VALUES.jitConfig, 'x'.repeat(4500), 'bm8ganNvbg=='])(
  'a JIT config reaches the runner as GitHub made it',
  (jitConfig) => {
    const joined = jitConfigOf(userData({ ...VALUES, jitConfig }, SCRIPTS));
    expect(joined).toBe(jitConfig);
    expect(boot({ values: { jitConfig }, inImage: '2.336.0' }).runner).toContain(
      `ACTIONS_RUNNER_INPUT_JITCONFIG=${jitConfig}\n`,
    );
  },
);
