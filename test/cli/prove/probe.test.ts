/** The questions that a machine is asked from inside, run by a real bash with tools that answer as told. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PROBE, readTrace } from '../../../cli/prove/ask/trace.ts';

let tools: string;
beforeEach(() => {
  tools = mkdtempSync(join(tmpdir(), 'probe-'));
});
afterEach(() => rmSync(tools, { recursive: true }));

function tool(name: string, script: string): void {
  writeFileSync(join(tools, name), `#!/bin/bash\n${script}\n`);
  chmodSync(join(tools, name), 0o755);
}

/** Its console is a file here. */
function ask() {
  tool('timeout', 'shift; exec "$@"');
  const console = join(tools, 'console');
  writeFileSync(console, '');
  const script = PROBE.replace('/dev/console', console);
  const { status } = spawnSync('/bin/bash', ['-euo', 'pipefail', '-c', script], { env: { PATH: tools } });
  return { status, probes: Object.fromEntries(readTrace(readFileSync(console, 'utf8')).probes) };
}

const HARDENED = `case "$*" in
*api/token*) echo a-token ;;
*a-token*) printf 200 ;;
*) printf 403 ;;
esac`;

test('metadata is asked without a token and with one; the package index is fetched', () => {
  tool('curl', HARDENED);
  tool('apt-get', 'exit 0');
  expect(ask()).toEqual({
    status: 0,
    probes: { metadata_without_token: '403', metadata_with_token: '200', packages: 'fetched' },
  });
});

test('what fails is told, and ends no boot', () => {
  tool('curl', 'printf 000; exit 28');
  tool('dnf', 'exit 1');
  expect(ask()).toEqual({
    status: 0,
    probes: { metadata_without_token: '000', metadata_with_token: '000', packages: 'failed' },
  });
});

test('an image with none of the tools answers nothing', () => {
  expect(ask()).toEqual({ status: 0, probes: {} });
});

test('lines of kernel and cloud-init around ours are passed over', () => {
  const text = [
    '[   12.3] cloud-init[811]: 2026-11-28T10:00:12Z +0s boot.began instance_type=ecs.t zone=z',
    'ci-info: 2026-11-28 prove nothing',
    'prove packages=fetched\r',
    '2026-11-28T10:00:40Z +28s runner.fetched host=github.com',
    '2026-11-28T10:00:41Z +29s runner.fetched host=twice.example',
  ].join('\n');
  const { events, probes } = readTrace(text);
  expect([...events.keys()]).toEqual(['boot.began', 'runner.fetched']);
  expect(events.get('runner.fetched')?.words).toBe('host=github.com');
  expect([...probes]).toEqual([['packages', 'fetched']]);
});
