/** What `npm run mirror` says while copies are made, and how it ends. */
import { expect, test } from 'vitest';
import { follow, reportIn } from '../../../cli/mirror/follow.ts';
import { nextStep } from '../../../cli/shared/screen/next-step.ts';
import type { ReleaseReport } from '../../../functions/reaper/rounds/release/check-release.ts';

type Region = NonNullable<ReleaseReport['copies']>['regions'][string];
const region = (some: Partial<Region>): Region => ({
  ...{ isWhole: false, copiedBytes: 0, sizeBytes: 100, movedAtMs: 0, because: null },
  ...some,
});
const report = (word: ReleaseReport['word'], regions: Record<string, Region> = {}): ReleaseReport => ({
  ...{ word, version: '2.336.0' },
  copies: { version: '2.336.0', lackingSinceMs: null, regions },
});

/** Says each report in turn, and the last one for ever; time passes only while it sleeps. */
async function followed(...reports: readonly ReleaseReport[]) {
  const asked: string[] = [];
  const said: string[] = [];
  let nowMs = 0;
  const code = await follow({
    ask: async (what) => {
      asked.push(what);
      return reports[Math.min(asked.length, reports.length) - 1] as ReleaseReport;
    },
    say: (line) => void said.push(line),
    sleep: async (ms) => {
      nowMs += ms;
    },
    nowMs: () => nowMs,
  });
  return { code, asked, said };
}

test('asks for copies once, then looks; says each step of each region once', async () => {
  const { code, asked, said } = await followed(
    report('copying', { 'cn-hongkong': region({ copiedBytes: 0 }) }),
    report('copying', { 'cn-hongkong': region({ copiedBytes: 50 }), 'cn-hangzhou': region({}) }),
    report('copying', { 'cn-hongkong': region({ copiedBytes: 50 }), 'cn-hangzhou': region({}) }),
    report('fresh', {
      'cn-hongkong': region({ isWhole: true, copiedBytes: 100 }),
      'cn-hangzhou': region({ isWhole: true, copiedBytes: 100 }),
    }),
  );
  expect(code).toBe(0);
  expect(asked).toEqual(['copy', 'look', 'look', 'look']);
  expect(said).toEqual([
    'cn-hongkong      [....................] is copying',
    'cn-hongkong      [##########..........] is copying',
    'cn-hangzhou      [....................] is copying',
    'cn-hongkong      [####################] has 2.336.0',
    'cn-hangzhou      [####################] has 2.336.0',
    'Machines install the runner 2.336.0.',
  ]);
});

test('says why a copy ended early, and goes on: it is asked for again', async () => {
  const { code, said } = await followed(
    report('kept', { 'cn-hangzhou': region({ because: 'OSS PutObject: 503' }) }),
    report('fresh', { 'cn-hangzhou': region({ isWhole: true, copiedBytes: 100 }) }),
  );
  expect(code).toBe(0);
  expect(said[0]).toContain('last ended: OSS PutObject: 503');
});

test('goes on until the tools are there, and says which are not to be had', async () => {
  const whole = { isWhole: true, copiedBytes: 100 };
  const list = {
    key: '',
    sha256: '',
    sizeBytes: 1,
    has: ['node 20.11.1', 'go 1.22.5'],
    missing: ['java 99'],
  };
  const { code, asked, said } = await followed(
    report('fresh', {
      'cn-hangzhou': region({ ...whole, tools: { list: null, isDue: true, because: 'OSS PutObject: 503' } }),
    }),
    report('fresh', {
      'cn-hangzhou': region({ ...whole, tools: { list: null, isDue: true, because: null } }),
    }),
    report('fresh', { 'cn-hangzhou': region({ ...whole, tools: { list, isDue: false, because: null } }) }),
  );
  expect({ code, asked }).toEqual({ code: 0, asked: ['copy', 'look', 'look'] });
  expect(said.slice(1)).toEqual([
    'cn-hangzhou      tools: last ended: OSS PutObject: 503',
    'cn-hangzhou      tools: is copying',
    'cn-hangzhou      tools: has node 20.11.1, go 1.22.5; not to be had: java 99',
    'Machines install the runner 2.336.0.',
  ]);
});

test('without a bucket there is nothing to follow', async () => {
  expect(await followed({ word: 'fresh', version: '2.336.0', copies: null })).toMatchObject({
    ...{ code: 0, asked: ['copy'] },
    said: ['Machines install the runner 2.336.0.'],
  });
});

test('GitHub that cannot be asked is no success', async () => {
  const { code, said } = await followed({ word: 'unknown', version: null, copies: null });
  expect(code).toBe(1);
  expect(said).toEqual([expect.stringContaining('GitHub cannot be asked at this moment')]);
});

test('an hour is enough: nobody has to watch', async () => {
  const { code, asked, said } = await followed(
    report('copying', { 'cn-hangzhou': region({ copiedBytes: 7 }) }),
  );
  expect(code).toBe(1);
  expect(asked.length).toBeLessThan(730);
  expect(said.at(-1)).toMatch(/^This takes long\..*npm run doctor/);
});

test('what the reaper throws is the command’s to say', async () => {
  const failing = { say: () => undefined, sleep: async () => undefined, nowMs: () => 0 };
  const ask = () => Promise.reject(new Error('ci-reaper failed: 403'));
  await expect(follow({ ...failing, ask })).rejects.toThrow('ci-reaper failed: 403');
});

test.each([
  ['is not deployed yet', { status: 404, code: 'FunctionNotFound' }, /npm run deploy$/],
  ['may not be invoked', { status: 403, code: 'AccessDenied' }, /rights that docs\/install\.md lists/],
])('a reaper that %s comes with what to do', (_what, answer, step) => {
  const refused = (): unknown => {
    try {
      return reportIn('ci-reaper', answer);
    } catch (error) {
      return error;
    }
  };
  expect(nextStep(refused() as Error, '')).toMatch(step);
});

test('a reaper that failed is told in its own words', () => {
  const body = { errorMessage: 'the ledger did not answer' };
  expect(() => reportIn('ci-reaper', { status: 200, code: '', body })).toThrow(
    'ci-reaper failed: the ledger did not answer',
  );
});
