/**
 * An account of 2026: runners in Hangzhou, whose bucket takes objects from inside alone, functions in Hong Kong. The deployed
 * bundles fill it, and a machine's first word to GitHub is its runner's own.
 */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mirrorRunner } from '../../cli/start/mirror.ts';
import { RELEASE_KEPT_MS } from '../../shared/limits.ts';
import {
  ACTIONS_NOTE,
  ASK_FOR_COPIES,
  ASK_HOW_COPIES_GET_ON,
  COPIES_NOTE,
  parseKeptActions,
} from '../../shared/runner/copies.ts';
import { parseKeptTools, TOOLS_NOTE } from '../../shared/runner/kept/tools.ts';
import { parseRunnerRelease, RUNNER_RELEASE_NOTE } from '../../shared/runner/release.ts';
import { bundlesFor } from './bundles.ts';
import { configWith, type Harness, once, openHarness } from './harness.ts';

const base = configWith();
const config = { ...base, mirror: { ...base.mirror, tools: { ...base.mirror.tools, node: [20] } } };
let harness: Harness;
beforeAll(async () => {
  harness = await openHarness(config, { scale: 35, seed: 7, bundles: await bundlesFor(config) });
});
afterAll(() => harness.world.close());

const bucket = () => harness.world.oss.bucket('ci-runner-cn-hangzhou');
const regions = async () => {
  const note = await harness.ledger.notes.read(RUNNER_RELEASE_NOTE);
  return parseRunnerRelease(note?.entry.text ?? '')?.regions;
};

/** Where the newest machine fetches its runner, in this order. */
async function runnerHostsOf(name: string): Promise<string[]> {
  const urls = /^readonly RUNNER_URLS=\((.*)\)$/m.exec(await userDataOf(name))?.[1] ?? '';
  return [...urls.matchAll(/https?:\/\/([^/]+)\//g)].map(([, host]) => host ?? '');
}

async function userDataOf(name: string): Promise<string> {
  const { world } = harness;
  const job = harness.play(name, 'arm64 4cpu', 0.5);
  await once(`${name} has a machine`, () => world.ecs.alive().length > 0);
  const [machine] = world.ecs.alive();
  const packed = /gzip --decompress\n(.*?)\nSCRIPTS/s.exec(machine?.userData ?? '')?.[1] ?? '';
  const text = gunzipSync(Buffer.from(packed, 'base64')).toString('utf8');
  await once(`${name} is over`, () => job.status === 'completed');
  await once('its machine is gone', () => world.ecs.alive().length === 0);
  return text;
}

/** A warm launcher keeps what it read; a machine that boots meanwhile finds nothing there, and goes on to GitHub. */
async function launcherReadsAnew(): Promise<void> {
  const { clock } = harness.world;
  const untilMs = clock.nowMs() + RELEASE_KEPT_MS;
  await once('the launcher reads anew', () => clock.nowMs() > untilMs);
}

/** As the release itself names it: the simulated GitHub’s downloads. */
const AT_GITHUB = expect.stringMatching(/^127\.0\.0\.1:\d+$/);
const INSIDE = 'ci-runner-cn-hangzhou.oss-cn-hangzhou-internal.aliyuncs.com';

test('the mirror of the region fills its bucket, GitHub is asked once, and machines fetch from inside', async () => {
  const { world } = harness;
  const objects = [...bucket().objects.keys()].filter((key) => !key.startsWith('actions/')).sort();
  expect(objects).toEqual(
    ['arm64', 'x64'].map((arch) => `actions-runner/2.336.0/actions-runner-linux-${arch}-2.336.0.tar.gz`),
  );
  expect([...world.releases.asked].sort()).toEqual(objects.map((key) => key.split('/').at(-1)));
  expect(await regions()).toEqual(['cn-hangzhou']);
  expect(await runnerHostsOf('filled')).toEqual([INSIDE, AT_GITHUB]);
});

test('the region has the archives of actions, too, and machines are told where and with which checksum', async () => {
  const { world, ledger } = harness;
  await once('the region has them', async () => {
    await world.fc.invokeSync('ci-reaper', Buffer.from(ASK_FOR_COPIES));
    const note = await ledger.notes.read(ACTIONS_NOTE);
    return parseKeptActions(note?.entry.text ?? '')['cn-hangzhou'] !== undefined;
  });
  const kept = parseKeptActions((await ledger.notes.read(ACTIONS_NOTE))?.entry.text ?? '')['cn-hangzhou'];
  const there = bucket().objects.get(kept?.key ?? '')?.bytes ?? Buffer.alloc(0);
  expect(createHash('sha256').update(there).digest('hex')).toBe(kept?.sha256);
  await launcherReadsAnew();
  const text = await userDataOf('with actions');
  expect(text).toContain(`readonly ACTIONS_URL='https://${INSIDE}/${kept?.key}'`);
  expect(text).toContain(`readonly ACTIONS_SHA256='${kept?.sha256}'`);
});

test('the region has the tools that are named, once they are released, and machines are told of their list', async () => {
  const { world, ledger } = harness;
  expect(await userDataOf('before tools')).not.toContain('readonly TOOLS_URL');
  world.releases.tools.release('node', '20.11.1');
  await once('the region has them', async () => {
    await world.fc.invokeSync('ci-reaper', Buffer.from(ASK_FOR_COPIES));
    const note = await ledger.notes.read(TOOLS_NOTE);
    return parseKeptTools(note?.entry.text ?? '')['cn-hangzhou'] !== undefined;
  });
  const kept = parseKeptTools((await ledger.notes.read(TOOLS_NOTE))?.entry.text ?? '')['cn-hangzhou'];
  const list =
    bucket()
      .objects.get(kept?.key ?? '')
      ?.bytes.toString('utf8') ?? '';
  expect(list.split('\n').map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
    ...['node 20.11.1 x64', 'node 20.11.1 arm64', ''],
  ]);
  for (const line of list.trimEnd().split('\n')) {
    const [, , , , sha256, , key = ''] = line.split(' ');
    const there = bucket().objects.get(key)?.bytes ?? Buffer.alloc(0);
    expect(createHash('sha256').update(there).digest('hex')).toBe(sha256);
  }
  await launcherReadsAnew();
  const text = await userDataOf('with tools');
  expect(text).toContain(`readonly TOOLS_URL='https://${INSIDE}/${kept?.key}'`);
  expect(text).toContain(`readonly TOOLS_SHA256='${kept?.sha256}'`);
  expect(text).toContain('bring_tools() {');
});

test('with the bucket emptied and closed machines go to GitHub, and that is said; filled again, they come back', async () => {
  const { world, ledger } = harness;
  bucket().objects.clear();
  world.setOssFault((action, key) =>
    action === 'oss:PutObject' && key.startsWith('incoming/') ? 'unavailable' : null,
  );
  // A person asks: the sweep would see it within ten minutes.
  await world.fc.invokeSync('ci-reaper', Buffer.from(ASK_FOR_COPIES));
  expect(await regions()).toEqual([]);
  await launcherReadsAnew();
  expect(await runnerHostsOf('emptied')).toEqual([AT_GITHUB]);
  await once('why is known', async () => {
    await world.fc.invokeSync('ci-reaper', Buffer.from(ASK_HOW_COPIES_GET_ON));
    const note = await ledger.notes.read(COPIES_NOTE);
    return /copying from GitHub: OSS AppendObject/.test(note?.entry.text ?? '');
  });
  world.setOssFault(() => null);
  await mirrorRunner(world, 'ci');
  await launcherReadsAnew();
  expect(await runnerHostsOf('filled again')).toEqual([INSIDE, AT_GITHUB]);
});
