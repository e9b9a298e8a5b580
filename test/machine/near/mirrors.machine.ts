import { afterAll, beforeAll, expect, test } from 'vitest';
import { machineMirrors } from '../../../shared/runner/package-mirrors.ts';
import { bootOne, giveJob } from '../boot-one.ts';
import { type Cloud, openCloud } from '../cloud.ts';

/** Each file as the job's own user reads it, and whose it is. */
const STEPS = `
for file in .config/pip/pip.conf .config/go/env .m2/settings.xml .cargo/config.toml; do
  stat --format='owner of %n: %U' "$HOME/$file"
  cat "$HOME/$file"
done
cat /etc/apt/sources.list
echo 'fetch-retries=9' >"$HOME/.npmrc" && cat "$HOME/.npmrc"
`;

let cloud: Cloud;
beforeAll(async () => {
  cloud = await openCloud(() => STEPS, {
    hasRunner: true,
    files: { '/etc/apt/sources.list': 'deb http://deb.debian.org/debian bookworm main\n' },
  });
});
afterAll(() => cloud.close());

test('a job of the mainland finds its tools’ mirrors, and its log names them', async () => {
  const one = await bootOne(cloud, { mirrors: machineMirrors('cn-hangzhou', null) });
  const job = giveJob(cloud, one);
  await one.stops(110_000);
  const log = one.log();
  expect(log).toMatch(/Mirrors, where this job names no others: pip=\S+ go=\S+ maven=\S+ cargo=\S+ apt=\S+/);
  expect(log.match(/owner of \S+: runner/g)).toHaveLength(4);
  expect(log).toContain('index-url = http://mirrors.cloud.aliyuncs.com/pypi/simple/');
  expect(log).toContain('GOPROXY=http://mirrors.cloud.aliyuncs.com/goproxy/|direct');
  expect(log).toContain('<url>https://maven.aliyun.com/repository/public</url>');
  expect(log).toContain('registry = "sparse+https://mirrors.aliyun.com/crates.io-index/"');
  expect(log).toContain('deb http://mirrors.cloud.aliyuncs.com/debian bookworm main');
  expect(log).toContain('fetch-retries=9');
  expect(job.conclusion).toBe('success');
});
