/**
 * Seconds from power-on to "Listening for Jobs", medians, one machine after the other on this computer. Takes a minute for each
 * round, so it runs only when it is asked for: `BOOTS=10 npm run test:machine -- boot-times`.
 */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLOUD_ADDRESS } from '../../../simulator/machine/network.ts';
import { type Cloud, MIRROR, openCloud } from '../cloud.ts';
import { bare, buildOf, off, stockWithout, tried } from '../images.ts';
import { bootRaw, dianplus, ours } from './boot-raw.ts';

const BOOTS = Number(process.env.BOOTS ?? 0);
/** What a small cloud image lacks of what jobs expect; but for jq, which the stand-in runner asks for. */
const LACKS = 'git zip unzip zstd rsync wget';
/** actions/runner 2.336.0 for Linux, about. */
const RUNNER_MB = 160;
/** Debian is asked, and is not there, at once: packages are on the disk. */
const HOSTS = `127.0.0.1 localhost deb.debian.org\n${CLOUD_ADDRESS} ${MIRROR} github.com\n`;
const NO_DOCKER = { docker: false } as const;

let cloud: Cloud;
let layers: readonly string[] = [];
beforeAll(async () => {
  if (BOOTS === 0) return;
  const files = { '/etc/hosts': HOSTS };
  cloud = await openCloud(() => 'true', { paddingMb: RUNNER_MB, layers: () => layers, files });
});
afterAll(() => cloud?.close());

interface Way {
  readonly layers: readonly string[];
  readonly text: (jitConfig: string) => string;
  /** It was made ready before, and stopped. */
  readonly isStartedAgain?: boolean;
}

async function waysOf(): Promise<Record<string, Way>> {
  const stock = [await stockWithout(cloud, LACKS)];
  layers = stock;
  const machine = await bare(cloud, 'baking');
  expect(await tried(machine, buildOf(cloud, null, NO_DOCKER))).toMatch(/status 0\s*$/);
  await off(cloud, machine);
  const text = (jitConfig: string) => ours(cloud, jitConfig, true);
  return {
    'ours, stock image': { layers: stock, text },
    'ours, baked image': { layers: [machine.disk, ...stock], text },
    'ours, stopped and started again': { layers: stock, text, isStartedAgain: true },
    'dianplus’ script, stock image': { layers: stock, text: dianplus },
  };
}

async function secondsOf(way: Way, number: number): Promise<{ began: number; listening: number }> {
  layers = way.layers;
  const raw = await bootRaw(cloud, number, way.text, way.isStartedAgain === true);
  const until = (what: string, holds: () => boolean) => cloud.until(what, holds, 120_000, raw.story);
  const began = await until('its first line', raw.hasBegun).then(raw.seconds);
  const listening = await until('the runner', raw.isListening).then(raw.seconds);
  raw.end();
  await until('its end', raw.isOver);
  // It is of no use, and a hundred of them are too much.
  rmSync(raw.disk, { recursive: true, force: true });
  return { began, listening };
}

const figure = (seconds: readonly number[]): string => {
  const sorted = seconds.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.round((sorted.length - 1) * share)] as number).toFixed(1);
  return `${at(0.5)} (${at(0)} to ${at(1)})`;
};

test.skipIf(BOOTS === 0)(
  'a baked image listens before a stock one, and a machine that was made ready before both',
  async () => {
    const ways = Object.entries(await waysOf());
    const found = ways.map(([name]) => ({ name, began: [] as number[], listening: [] as number[] }));
    let number = 100;
    for (let round = 0; round < BOOTS; round++)
      for (const [at, [name, way]] of ways.entries()) {
        const { began, listening } = await secondsOf(way, ++number);
        process.stdout.write(`${name}: ${began.toFixed(1)}, ${listening.toFixed(1)}\n`);
        found[at]?.began.push(began);
        found[at]?.listening.push(listening);
      }
    process.stdout.write(
      [
        `\nMedians of ${BOOTS}, with the least and the most; runner ${RUNNER_MB} MB, packages on the disk`,
        '| way | seconds from power-on to the first line | to "Listening for Jobs" |',
        '|---|---|---|',
        ...found.map(({ name, began, listening }) => `| ${name} | ${figure(began)} | ${figure(listening)} |`),
        '',
      ].join('\n'),
    );
    const least = found.map(({ listening }) => Math.min(...listening));
    expect(least[1]).toBeLessThan(least[0] as number);
  },
  (BOOTS + 3) * 240_000,
);
