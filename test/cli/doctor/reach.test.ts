/** What doctor says of the ways from inside a region, as the mirror there measures them. */
import { expect, test } from 'vitest';
import { REACH_CHECK } from '../../../cli/doctor/reach.ts';
import type { DoctorWorld } from '../../../cli/doctor/world.ts';
import { parseConfig } from '../../../shared/config/parse.ts';
import type { ReachAnswer } from '../../../shared/runner/kept/reach.ts';
import { RELEASE } from '../../world/release.ts';

const FAST = { status: 200, firstByteMs: 300, bytesPerSecond: 20_000_000 };
const GITHUB = { web: FAST, api: FAST, broker: { ...FAST, status: 404 }, codeload: FAST, release: FAST };
const ALL = { ...GITHUB, bucket: FAST, pip: FAST };

interface Around {
  readonly answer?: unknown;
  readonly reached?: ReachAnswer['reached'];
  readonly placement?: object;
}

async function look({
  reached = ALL,
  answer = { reached },
  placement = { mirrorBucket: 'acme-runner' },
}: Around = {}) {
  const common = { region: 'cn-hangzhou', zones: { k: 'vsw-1a' }, securityGroup: 'sg-1a', vpc: 'vpc-1a' };
  const parsed = parseConfig({
    repositories: { allow: ['acme/*'] },
    placements: [{ ...common, ...placement }],
  });
  if (parsed.kind === 'wrong') throw new Error(parsed.mistakes.join());
  const asked: unknown[] = [];
  const world = {
    config: parsed.config,
    mirrored: async () => ({ ...RELEASE, regions: ['cn-hangzhou'] }),
    alibaba: {
      fc: async (...args: unknown[]) => {
        asked.push(args);
        return answer;
      },
    },
  } as unknown as DoctorWorld;
  const found = await REACH_CHECK.look(world);
  return {
    asked,
    said: found.map(({ level, text }) => `${level}: ${text}`),
    advice: found.map((each) => each.advice),
  };
}

test('the mirror of the region is asked once, for what a machine there would fetch', async () => {
  const { asked, said } = await look();
  expect(asked).toHaveLength(1);
  const [[region, action, method, path, order]] = asked as [
    [string, string, string, string, Record<string, object>],
  ];
  expect([region, action, method, path]).toEqual([
    ...['cn-hangzhou', 'InvokeFunction', 'POST', '/functions/ci-mirror-cn-hangzhou/invocations'],
  ]);
  expect(order).toMatchObject({ kind: 'reach', key: RELEASE.archives.amd64.key });
  expect(Object.keys(order.places ?? {})).toEqual(expect.arrayContaining([...Object.keys(GITHUB), 'pip']));
  expect(said).toEqual([
    'ok: from cn-hangzhou GitHub is reached well: web 0.3 s, api 0.3 s, broker 0.3 s, codeload 0.3 s 20.0 MB/s, release 0.3 s 20.0 MB/s',
    'ok: from cn-hangzhou bucket and package mirrors are reached well: bucket 0.3 s 20.0 MB/s, pip 0.3 s',
  ]);
});

const slow = { ...FAST, bytesPerSecond: 200_000 };
const silent = { status: null, firstByteMs: 15_000, bytesPerSecond: null };
// biome-ignore format: a table reads best as a table.
test.each<[string, Around, RegExp]>([
  ['a slow release', { reached: { ...ALL, release: slow } }, /^warning: from cn-hangzhou GitHub is reached badly: .*release 0\.3 s 0\.2 MB\/s/],
  ['no way to the API', { reached: { ...ALL, api: silent } }, /^warning: .*api no answer in 15 s/],
  ['a slow bucket', { reached: { ...ALL, bucket: { ...FAST, bytesPerSecond: 3_000_000 } } }, /^warning: from cn-hangzhou bucket and package mirrors are reached badly: bucket 0\.3 s 3\.0 MB\/s/],
  ['a package mirror of the Internet that is silent', { reached: { ...ALL, cargo: silent } }, /^warning: .*cargo no answer in 15 s/],
  ['one that functions may not reach says nothing', { reached: { ...ALL, pip: silent } }, /^ok: from cn-hangzhou bucket and package mirrors are reached well: .*pip not seen/],
  ['a mirror of an older release', { answer: { errorMessage: 'invalid order' } }, /^warning: the mirror of cn-hangzhou cannot measure/],
  ['no mirror there', { placement: {} }, /^unknown: cn-hangzhou is not measured: no mirror is there/],
  ['machines that go by a proxy', { placement: { mirrorBucket: 'acme-runner', proxy: { https: 'http://10.0.0.9:3128' } } }, /^unknown: from cn-hangzhou machines go to GitHub by their proxy/],
])('%s', async (_what, around, said) => {
  expect((await look(around)).said).toContainEqual(expect.stringMatching(said));
});
