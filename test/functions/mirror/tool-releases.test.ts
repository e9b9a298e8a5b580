/** Which release an operator's version is, and where its archives lie. */
import { describe, expect, test } from 'vitest';
import { checksumIn, releasesOf, repositoryOf } from '../../../functions/mirror/tools/releases.ts';

describe('which release', () => {
  const tags = ['20.9.0-5', '20.11.1-7', '20.11.1-12', '20.11.0-6', '21.0.0-9', '20.12.0-rc.1-13', 'main'];
  const jdk = [
    'jdk-21+35',
    'jdk-21.0.4+7',
    'jdk-21.0.4+8-ea-beta',
    'jdk-21.0.10+2',
    'jdk21u-2024-01-01-beta',
  ];
  // biome-ignore format: a table reads best as a table.
  test.each<[string, readonly string[], string | undefined, string]>([
    ['node 20',         tags, '20.11.1', '/20.11.1-12/node-20.11.1-linux-x64.tar.gz'],
    ['node 20.9',       tags, '20.9.0', '/20.9.0-5/'],
    ['node 20.11.0',    tags, '20.11.0', '/20.11.0-6/'],
    ['node 18',         tags, undefined, ''],
    ['python 3.1',      ['3.10.2-1', '3.1.4-2'], '3.1.4', '/3.1.4-2/python-3.1.4-linux-24.04-x64.tar.gz'],
    ['java 21',         jdk, '21.0.10-2', '/jdk-21.0.10%2B2/OpenJDK21U-jdk_x64_linux_hotspot_21.0.10_2.tar.gz'],
    ['java 21.0.4',     jdk, '21.0.4-7', '/jdk-21.0.4%2B7/'],
    ['java 21.0.4+7',   jdk, '21.0.4-7', '/jdk-21.0.4%2B7/'],
    ['java 21.0.4+9',   jdk, undefined, ''],
    ['java 21.0.0',     jdk, '21.0.0-35', '/jdk-21%2B35/'],
    ['java 11',         ['jdk-11.0.14+9', 'jdk-11.0.14.1+1'], '11.0.14-101', '/jdk-11.0.14.1%2B1/OpenJDK11U-jdk_x64_linux_hotspot_11.0.14.1_1.tar.gz'],
    ['java 8',          ['jdk8u302-b08', 'jdk8u422-b05'], '8.0.422-5', '/jdk8u422-b05/OpenJDK8U-jdk_x64_linux_hotspot_8u422b05.tar.gz'],
  ])('%s', (wanted, all, version, path) => {
    const [newest] = releasesOf(wanted, all);
    expect(newest?.[0]?.version).toBe(version);
    expect(newest?.[0]?.path ?? '').toContain(path);
  });

  test('each from the repository that its setup action downloads from', () => {
    expect(['node 20', 'python 3.12', 'go 1.22', 'java 21.0.4+7'].map(repositoryOf)).toEqual([
      ...['actions/node-versions', 'actions/python-versions', 'actions/go-versions'],
      'adoptium/temurin21-binaries',
    ]);
  });
});

test('Python has an archive for each of Ubuntu’s systems that it is built for', () => {
  const [newest = []] = releasesOf('python 3.12', ['3.12.4-1']);
  expect(newest.map(({ folder, arch, os }) => `${folder} ${arch} ${os}`)).toEqual([
    ...['Python x64 ubuntu24.04', 'Python x64 ubuntu22.04'],
    ...['Python arm64 ubuntu24.04', 'Python arm64 ubuntu22.04'],
  ]);
});

test('a checksum is found by its file’s name, in capitals and with a star', () => {
  const [one, other] = ['A1'.repeat(32), 'b2'.repeat(32)];
  const text = `${one} node-20.11.1-linux-x64.tar.gz\r\n${other} *node-20.11.1-linux-arm64.tar.gz\n`;
  expect(checksumIn(text, 'node-20.11.1-linux-x64.tar.gz')).toBe(one.toLowerCase());
  expect(checksumIn(text, 'node-20.11.1-linux-arm64.tar.gz')).toBe(other);
  expect(checksumIn(text, 'node-20.11.1-linux-x64.tar')).toBeNull();
});
