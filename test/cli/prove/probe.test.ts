/** The questions that a machine is asked from inside, run by a real bash with tools that answer as told. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reachFindings, reachProbe } from '../../../cli/prove/ask/reach.ts';
import { PROBE, readTrace } from '../../../cli/prove/ask/trace.ts';
import { placesOf } from '../../../cli/shared/reach/places.ts';

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
function ask(more = '') {
  tool('timeout', 'shift; exec "$@"');
  const console = join(tools, 'console');
  writeFileSync(console, '');
  const script = `${PROBE.replace('/dev/console', console)}\n${more}`;
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

// biome-ignore format: a table reads best as a table.
const TOLD = {
  runner: { versions: [], sha256: '', urls: ['https://b.oss-cn-hangzhou-internal.aliyuncs.com/k', 'https://github.com/actions/runner/releases/download/v2/a.tar.gz'] },
  mirrors: { files: [{ tool: 'pip', url: "http://pip.corp.example/it's/", files: [], text: '' }], apt: null, docker: null },
  registryMirror: null,
};

test('each place is asked for its first bytes, by a name that says nothing of whose it is', () => {
  const places = placesOf(TOLD, 'https://github.com');
  expect(Object.keys(places)).toEqual(['web', 'api', 'broker', 'codeload', 'release', 'bucket', 'pip']);
  expect(Object.keys(placesOf(TOLD, 'https://ghes.corp.example'))).toEqual([
    'web',
    'api',
    'release',
    'bucket',
    'pip',
  ]);
  tool(
    'curl',
    `case "$*" in *oss-cn*) printf 206/0.021/90500000.000 ;; *codeload*) printf 000/0.000000/0; exit 28 ;; *"it's"*) printf 200/3.2/100 ;; *api/token*) ;; *) printf 200/0.2/1500000 ;; esac`,
  );
  const { status, probes } = ask(reachProbe(places));
  expect(status).toBe(0);
  const found = reachFindings(new Map(Object.entries(probes)));
  expect(found.reach.verdict).toBe('otherwise');
  expect(found.reach.seen.split(', ').sort()).toEqual([
    'api 0.2 s',
    'broker 0.2 s',
    'codeload no answer in 15 s',
    'release 0.2 s 1.5 MB/s',
    'web 0.2 s',
  ]);
  expect(found['reach-mirrors']).toMatchObject({ verdict: 'otherwise' });
  expect(found['reach-mirrors'].seen.split(', ').sort()).toEqual(['bucket 0.0 s 90.5 MB/s', 'pip 3.2 s']);
});

test('without bucket and mirrors there is nothing to be slow; without an answer nothing is told', () => {
  const answered = reachFindings(new Map([['reach_web', '301/0.2/0']]));
  expect([answered.reach.verdict, answered['reach-mirrors'].verdict]).toEqual(['as assumed', 'as assumed']);
  const silent = reachFindings(new Map());
  expect([silent.reach.verdict, silent['reach-mirrors'].verdict]).toEqual(['not told', 'not told']);
});
