/** `npm run mirror`: what the function `mirror` does each day, now and from the operator's machine. */
import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { mirror } from '../../functions/mirror/mirror.ts';
import { namesOf } from '../../infra/names.ts';
import { gitHubClient } from '../../shared/adapters/github/client.ts';
import { runnerReleases } from '../../shared/adapters/github/runner-releases.ts';
import { jsonLog } from '../../shared/adapters/json-log.ts';
import { ossBucket, publicEndpoint } from '../../shared/adapters/oss/bucket.ts';
import { tablestoreLedger } from '../../shared/adapters/tablestore/tables.ts';
import type { Config } from '../../shared/config/config.ts';
import { MIRROR_TIMEOUT_S } from '../../shared/limits.ts';
import { operatorKey } from '../shared/alibaba.ts';
import { parseOptions } from '../shared/options.ts';
import { readRunnersYaml } from '../shared/runners-yaml.ts';

interface Options {
  readonly config?: string;
}

const command = (): Command =>
  new Command('npm run mirror --')
    .description('Copies GitHub’s newest runner into each region now, as the function does each day.')
    .option('--config <file>', 'another runners.yaml');

export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions<Options>(command(), args);
  if (typeof options === 'number') return options;
  const config = readRunnersYaml(options.config);
  if (config === null) return 1;
  const { version, manifest, regions } = await mirror(await worldOf(config));
  for (const { region, kind, error } of regions)
    process.stdout.write(`${region}  ${kind}${error instanceof Error ? `: ${error.message}` : ''}\n`);
  process.stdout.write(`runner ${version}: the manifest was ${manifest}\n`);
  return regions.some(({ kind }) => kind === 'failed') ? 1 : 0;
}

async function worldOf(config: Config) {
  const key = await operatorKey();
  const clock = { nowMs: () => Date.now() };
  const log = jsonLog(process.stderr, Date.now);
  const { egressProxy, region: home } = config.control;
  const { securityToken, ...longLived } = key;
  const tablestoreKey = securityToken === null ? longLived : { ...longLived, securityToken };
  const instance = namesOf(config).tablestoreInstance;
  const request = gitHubClient({
    baseUrl: process.env.GITHUB_API ?? config.github.baseUrl,
    egressProxy,
    appKey: () => Promise.reject(new Error('anyone may read the releases: no key is asked for')),
    clock,
    log,
  });
  const endpoint = process.env.TABLESTORE_ENDPOINT ?? `https://${instance}.${home}.ots.aliyuncs.com`;
  const ledger = tablestoreLedger({ endpoint, instance, credentials: () => tablestoreKey }, randomUUID);
  return {
    releases: runnerReleases({ request, asApp: false, egressProxy, downloadMaxMs: MIRROR_TIMEOUT_S * 1000 }),
    buckets: config.placements.flatMap(({ region, mirrorBucket: bucket }) =>
      bucket === null
        ? []
        : ossBucket({
            bucket,
            region,
            endpoint: process.env.OSS_ENDPOINT ?? publicEndpoint(region),
            accessKey: () => key,
          }),
    ),
    notes: ledger.notes,
    clock,
    log,
  };
}
