/**
 * Seconds from power-on to "Listening for Jobs", over a simulated link: slow and lossy to GitHub, fast in the region. Takes a
 * quarter of an hour, so it runs only when it is asked for: `LINK=1 npm run test:machine -- slow-link`.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cloud, MIRROR, openCloud } from '../cloud.ts';
import { bootRaw, dianplus, firstRelease, ours, type Raw } from './boot-raw.ts';
import { GITHUB_ADDRESS, slowDown, splitWays } from './slow-link.ts';

const KBYTES = Number(process.env.LINK_KBYTES ?? 200);
const LOSS_PERCENT = 2;
/** actions/runner 2.336.0 for Linux, about. */
const RUNNER_MB = 160;
const WATCHED_MAX_S = 600;

const HOSTS = `127.0.0.1 localhost\n10.213.0.1 ${MIRROR}\n${GITHUB_ADDRESS} github.com\n`;

let cloud: Cloud;
beforeAll(async () => {
  if (process.env.LINK !== '1') return;
  cloud = await openCloud(() => 'true', { paddingMb: RUNNER_MB, files: { '/etc/hosts': HOSTS } });
  await splitWays(LOSS_PERCENT);
});
afterAll(() => cloud?.close());

async function secondsOf(number: number, raw: Raw): Promise<string> {
  await slowDown(number, KBYTES, LOSS_PERCENT);
  while (raw.seconds() < WATCHED_MAX_S) {
    if (raw.isListening()) return `${Math.round(raw.seconds())}`;
    if (raw.isOver()) return `never: given up after ${Math.round(raw.seconds())}`;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return `not within ${WATCHED_MAX_S}`;
}

test.skipIf(process.env.LINK !== '1')(
  'with the mirror a machine is there as soon as on a good link; without it the runner alone takes minutes',
  async () => {
    const first = await firstRelease(cloud);
    const ways: Record<string, Raw> = {
      'ours, with the mirror': await bootRaw(cloud, 1, (jit) => ours(cloud, jit, true)),
      'ours, without it': await bootRaw(cloud, 2, (jit) => ours(cloud, jit, false)),
      'ours of 0.1, with the mirror': await bootRaw(cloud, 3, (jit) => first(cloud, jit, true)),
      'ours of 0.1, without it': await bootRaw(cloud, 4, (jit) => first(cloud, jit, false)),
      'dianplus’ script': await bootRaw(cloud, 5, dianplus),
    };
    const told = await Promise.all(
      Object.entries(ways).map(async ([name, raw], at) => [name, await secondsOf(at + 1, raw)] as const),
    );
    const rows = told.map(([name, seconds]) => `| ${name} | ${seconds} |`);
    process.stdout.write(
      [
        `\nGitHub ${KBYTES} kB/s, ${LOSS_PERCENT} % lost; region 100 MB/s; runner ${RUNNER_MB} MB`,
        '| way | seconds from power-on to "Listening for Jobs" |',
        '|---|---|',
        ...rows,
        '',
      ].join('\n'),
    );
    for (const raw of Object.values(ways)) process.stdout.write(`${raw.story()}\n`);
    expect(Number(told[0]?.[1])).toBeLessThan(120);
  },
  (WATCHED_MAX_S + 120) * 1000,
);
