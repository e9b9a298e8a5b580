/** What octokit's verification costs over an HMAC of our own: at a cold start, and for one delivery. */
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';
import { buildFunction, ROOT } from '../../build.ts';
import { isSigned } from '../../functions/webhook/verify.ts';
import { ENVIRONMENT } from './child.ts';
import { isSigned as isSignedAlone } from './hmac-alone.ts';
import { loadMs } from './load.ts';
import { type Bench, median, type Row } from './row.ts';

const COLD_RUNS = 41;
const WARM_RUNS = 5_000;
const LARGE_RUNS = 9;

export const verification: Bench = {
  title: 'Verification: octokit’s, and an HMAC alone',
  async run({ config, folder }) {
    const alone = await buildFunction('webhook', config, join(folder, 'hmac-alone'), [hmacAlone]);
    const octokits = await buildFunction('webhook', config, join(folder, 'octokit'));
    const load = (path: string) => () => loadMs(pathToFileURL(path).href);
    const loads = await inTurns(COLD_RUNS, load(alone.path), load(octokits.path));
    const verifying = (body: Uint8Array) =>
      [verifies(isSignedAlone, body), verifies(isSigned, body)] as const;
    return [
      ...rows('load of the webhook', 'ms', loads),
      ...rows('a delivery of 25 kB', 'µs', await inTurns(WARM_RUNS, ...verifying(USUAL))),
      ...rows('25 MB beyond ASCII', 'µs', await inTurns(LARGE_RUNS, ...verifying(LARGE))),
    ];
  },
};

type Measure = () => Promise<number>;
interface Pair {
  readonly alone: number;
  readonly octokit: number;
}

/** In turns, because whatever else this machine does then meets both alike. */
async function inTurns(runs: number, alone: Measure, octokit: Measure): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (let run = 0; run < runs; run++) pairs.push({ alone: await alone(), octokit: await octokit() });
  return pairs;
}

function rows(what: string, unit: 'ms' | 'µs', pairs: readonly Pair[]): Row[] {
  const alone = pairs.map((pair) => pair.alone);
  const octokit = pairs.map((pair) => pair.octokit);
  const more = pairs.map((pair) => pair.octokit - pair.alone);
  return [
    { what: `${what}: an HMAC alone`, median: median(alone), unit, runs: pairs.length },
    { what: `${what}: octokit’s`, median: median(octokit), unit, runs: pairs.length },
    { what: `${what}: octokit’s costs more, in pairs`, median: median(more), unit, runs: pairs.length },
    {
      what: `${what}: octokit’s costs more, at their quickest`,
      median: Math.min(...octokit) - Math.min(...alone),
      unit,
      runs: pairs.length,
    },
  ];
}

const hmacAlone: Plugin = {
  name: 'hmac-alone',
  setup(build) {
    build.onResolve({ filter: /\/verify\.ts$/ }, () => ({
      path: join(ROOT, 'dev', 'bench', 'hmac-alone.ts'),
    }));
  },
};

const USUAL = Buffer.from(JSON.stringify({ action: 'queued', description: 'x'.repeat(24_970) }));
const LARGE = Buffer.from('ü'.repeat((25 * 1024 * 1024) / 2));
const SECRETS = [{ read: async () => ENVIRONMENT.WEBHOOK_SECRET, stale: () => false }];

function verifies(verify: typeof isSigned, body: Uint8Array): Measure {
  const signature = `sha256=${createHmac('sha256', ENVIRONMENT.WEBHOOK_SECRET).update(body).digest('hex')}`;
  return async () => {
    const from = performance.now();
    if (!(await verify(body, signature, SECRETS))) throw new Error('a good signature was refused');
    return (performance.now() - from) * 1000;
  };
}
