import { expect, test } from 'vitest';
import { checkCopies, lackingSince } from '../../../../functions/reaper/survey/bucket-copies.ts';
import type { ReaperWorld } from '../../../../functions/reaper/world.ts';
import { parseRunnerRelease, type RunnerRelease } from '../../../../shared/runner/release.ts';
import { releaseText } from '../../../cli/doctor/deployed.ts';
import { inProcess } from '../../../shared/ledger/transports.ts';

test.each([
  ['nothing is missed', '', [], ''],
  ['the first look', '', ['cn-hangzhou'], '2.1.0 500'],
  ['a later look', '2.1.0 100', ['cn-hangzhou'], '2.1.0 100'],
  ['the next release', '2.0.0 100', ['cn-hangzhou'], '2.1.0 500'],
])('since when a copy is missed: %s', (_what, before, lacking, text) => {
  expect(lackingSince(before, '2.1.0', lacking, 500)).toBe(text);
});

test('a bucket without the release is told after two hours, with what to do, and not while a copy may be under way', async () => {
  const { ledger } = inProcess();
  const told: string[] = [];
  let nowMs = 0;
  const placements = [
    { region: 'cn-hangzhou', mirrorBucket: 'ours' },
    { region: 'cn-beijing', mirrorBucket: null },
  ];
  const world = {
    ...{ ledger, config: { placements }, clock: { nowMs: () => nowMs }, log: () => undefined },
    alerts: { post: async (text: string) => void told.push(text) },
  } as unknown as ReaperWorld;
  const release = parseRunnerRelease(releaseText('2.341.0')) as RunnerRelease;
  await checkCopies(release, world);
  nowMs = 3_600_000;
  await checkCopies(release, world);
  expect(told).toEqual([]);
  nowMs = 2 * 3_600_000;
  await checkCopies(release, world);
  expect(told).toEqual([
    expect.stringMatching(/^The bucket of cn-hangzhou does not have the runner 2\.341\.0.*npm run mirror/),
  ]);
  await checkCopies({ ...release, regions: ['cn-hangzhou'] }, world);
  expect((await ledger.notes.read('bucket-copies'))?.entry.text).toBe('');
});
