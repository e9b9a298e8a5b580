/** `npm run deploy [-- --yes | --rollback | --own-key]`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { confirm } from '@inquirer/prompts';
import { Command } from 'commander';
import { regionsInUse } from '../../functions/reaper/survey/known.ts';
import { exchange } from '../../shared/adapters/http/exchange.ts';
import { githubAsApp } from '../doctor/real-world.ts';
import { alibaba, operatorKey } from '../shared/alibaba.ts';
import { readDotEnv } from '../shared/dot-env.ts';
import { operatorLedger } from '../shared/ledger.ts';
import { parseOptions } from '../shared/options.ts';
import { makeBundles } from '../shared/package/bundles.ts';
import { FOLDER, MADE } from '../shared/package/places.ts';
import { readRunnersYaml } from '../shared/runners-yaml.ts';
import { say } from '../shared/screen/show.ts';
import { program, ROOT } from '../shared/steps.ts';
import { rootFingerprint } from '../shared/workflow-trust.ts';
import { deploy } from './deploy.ts';
import { rollBack } from './functions.ts';
import { invokeOnce } from './invoke.ts';
import { serverlessDevs } from './serverless-devs.ts';
import { secretsIn } from './variables.ts';

interface Options {
  readonly yes: boolean;
  readonly rollback: boolean;
  readonly ownKey: boolean;
}

const command = (): Command =>
  new Command('npm run deploy --')
    .description('Shows what would change in the account, asks, and does it; a second run changes nothing.')
    .option('--yes', 'without asking', false)
    .option('--rollback', 'every function back to the release before, at once', false)
    .option('--own-key', 'hands Serverless Devs your key instead of one for this deploy alone', false);

export async function main(args: readonly string[]): Promise<number> {
  const values = parseOptions<Options>(command(), args);
  if (typeof values === 'number') return values;
  const config = readRunnersYaml();
  if (config === null) return 2;
  const variables = { ...readDotEnv(FOLDER), ...process.env };
  const cloud = alibaba(operatorKey, variables.ALIBABA_ENDPOINT);
  if (values.rollback) {
    await rollBack({ alibaba: cloud, config, download, say });
    return told(0, say);
  }
  const code = await deploy({
    root: FOLDER,
    ours: ROOT,
    made: MADE,
    alibaba: cloud,
    download,
    variables,
    say,
    confirm: async (message) => values.yes || confirm({ message, default: false }),
    build: (built) => makeBundles(built),
    usesOwnKey: values.ownKey,
    deployFunctions: async (file, filled, accessKey) =>
      serverlessDevs({
        command: variables.SERVERLESS_DEVS || program('@serverless-devs/s', 's'),
        root: MADE,
        file,
        variables: filled,
        secrets: secretsIn(filled),
        accountId: filled.ACCOUNT_ID ?? '',
        accessKey,
        say,
      }),
    startMirror: (functionName) => invokeOnce(functionName, config, cloud, variables.INVOKE_ENDPOINT),
    github: githubAsApp(config.github.baseUrl, config.control.region, variables, cloud, FOLDER),
    rootOf: rootFingerprint,
    sleep,
    regionsInUse: async () =>
      regionsInUse({
        ledger: await operatorLedger(config, cloud, variables.TABLESTORE_ENDPOINT),
        clock: { nowMs: Date.now },
      }),
  });
  return told(code, say);
}

function told(code: number, say: (line: string) => void): number {
  if (code === 0)
    say(
      'npm run doctor checks that everything is well; npm run prove asks the account what only it can tell.',
    );
  return code;
}

const DOWNLOAD_MAX_MS = 120_000;

async function download(url: string): Promise<Buffer> {
  const asked = { url: new URL(url), method: 'GET', headers: {}, maxMs: DOWNLOAD_MAX_MS };
  const { status, body } = await exchange(asked).catch((error: Error) => {
    throw new Error(`the code of the earlier version could not be fetched: ${error.message}`);
  });
  if (status !== 200) throw new Error(`the code of the earlier version could not be fetched: ${status}`);
  return body;
}
