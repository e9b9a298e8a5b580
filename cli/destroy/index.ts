/** `npm run destroy`: the opposite of deploy. */
import { setTimeout as sleep } from 'node:timers/promises';
import { input } from '@inquirer/prompts';
import { Command } from 'commander';
import { ecsAddress, ecsCall } from '../../shared/adapters/ecs/call.ts';
import { ecsImages } from '../../shared/adapters/ecs/images.ts';
import { alibaba, operatorKey } from '../shared/alibaba.ts';
import { readDotEnv } from '../shared/dot-env.ts';
import { operatorLedger } from '../shared/ledger.ts';
import { parseOptions } from '../shared/options.ts';
import { FOLDER } from '../shared/package/places.ts';
import { readRunnersYaml } from '../shared/runners-yaml.ts';
import { say } from '../shared/screen/show.ts';
import { ledgerOf } from './busy.ts';
import { destroy } from './destroy.ts';

const command = (): Command =>
  new Command('npm run destroy --').description(
    'Shows everything that deploy made, and removes it once you type the deployment’s name; not while a runner is busy.',
  );

export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions<object>(command(), args);
  if (typeof options === 'number') return options;
  const config = readRunnersYaml();
  if (config === null) return 2;
  const variables = { ...readDotEnv(FOLDER), ...process.env };
  const cloud = alibaba(operatorKey, variables.ALIBABA_ENDPOINT);
  const ecs = {
    call: ecsCall({
      credentials: operatorKey,
      ...ecsAddress(variables.ECS_ENDPOINT ?? variables.ALIBABA_ENDPOINT),
    }),
    pause: sleep,
    deployment: config.name,
  };
  return destroy({
    alibaba: cloud,
    config,
    ...ledgerOf(() => operatorLedger(config, cloud, variables.TABLESTORE_ENDPOINT), ecs, Date.now),
    images: ecsImages(ecs),
    say,
    confirm: async (name) => (await input({ message: `Write ${name} to remove all of it` })) === name,
    sleep,
  });
}
