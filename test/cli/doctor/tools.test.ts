/** What doctor says of the tools that mirrors keep. */
import { expect, test } from 'vitest';
import { RUNNER_AGE_CHECK } from '../../../cli/doctor/checks/runner-age.ts';
import type { CheckOutcome } from '../../../cli/doctor/finding.ts';
import type { DoctorWorld } from '../../../cli/doctor/world.ts';
import { parseConfig } from '../../../shared/config/parse.ts';
import type { Copies } from '../../../shared/runner/copies.ts';
import { RELEASE } from '../../world/release.ts';

type Tools = Copies['regions'][string]['tools'];
const list = { key: '', sha256: '', sizeBytes: 1, has: ['node 20.11.1'], missing: [] };

async function said(tools: Tools, mirror: object = { tools: { node: [20] } }): Promise<string[]> {
  const placement = { region: 'cn-hangzhou', zones: { k: 'vsw-1a' }, securityGroup: 'sg-1a', egress: 'nat' };
  const parsed = parseConfig({
    repositories: { allow: ['acme/*'] },
    placements: [{ ...placement, vpc: 'vpc-1a', mirrorBucket: 'acme-runner' }],
    mirror,
  });
  if (parsed.kind === 'wrong') throw new Error(parsed.mistakes.join());
  const region = { isWhole: true, copiedBytes: 1, sizeBytes: 1, movedAtMs: 0, because: null };
  const regions = { 'cn-hangzhou': { ...region, ...(tools === undefined ? {} : { tools }) } };
  const world = {
    config: parsed.config,
    mirrored: async () => RELEASE,
    copies: async () => ({ version: RELEASE.version, lackingSinceMs: null, regions }),
    github: async () => ({
      status: 200,
      data: [{ tag_name: `v${RELEASE.version}`, published_at: '2026-01-01T00:00:00Z' }],
    }),
    nowMs: () => 0,
  } as unknown as DoctorWorld;
  const outcomes: readonly CheckOutcome[] = await RUNNER_AGE_CHECK.look(world);
  return outcomes
    .map(({ text }) => text)
    .filter((text) => text.includes('tools') || text.includes('to be had'));
}

// biome-ignore format: a table reads best as a table.
test.each<[string, Tools, string[]]>([
  ['they are there', { list, isDue: false, because: null }, ['the bucket of cn-hangzhou has the tools node 20.11.1']],
  ['one is not to be had', { list: { ...list, missing: ['java 99'] }, isDue: false, because: null }, ['the bucket of cn-hangzhou has the tools node 20.11.1', 'not to be had for the bucket of cn-hangzhou: java 99']],
  ['none was copied, and why', { list: null, isDue: true, because: 'OSS: 503' }, ['the bucket of cn-hangzhou has none of the tools: jobs get them from where their setup actions do', 'the last copy of tools to cn-hangzhou ended: OSS: 503']],
  ['nobody has looked', undefined, ['the bucket of cn-hangzhou has none of the tools: jobs get them from where their setup actions do']],
])('%s', async (_what, tools, texts) => {
  expect(await said(tools)).toEqual(texts);
});

test('nothing, where none are named', async () => {
  expect(await said({ list, isDue: false, because: null }, {})).toEqual([]);
});
