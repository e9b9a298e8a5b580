/** `npm run mirror`: starts the copies of GitHub's newest runner now, and follows them. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { stringify } from 'yaml';
import type { ReleaseReport } from '../../functions/reaper/rounds/release/check-release.ts';
import { namesOf } from '../../infra/names.ts';
import { fcInvoker } from '../../shared/adapters/function-compute/invoker.ts';
import type { Config } from '../../shared/config/config.ts';
import { REAPER_TIMEOUT_S } from '../../shared/limits.ts';
import { ASK_FOR_COPIES, ASK_HOW_COPIES_GET_ON } from '../../shared/runner/copies.ts';
import { alibaba, operatorKey } from '../shared/alibaba.ts';
import { operatorInvoker } from '../shared/cloud/invoker.ts';
import { parseOptions } from '../shared/options.ts';
import { readRunnersYaml } from '../shared/runners-yaml.ts';
import { complain, say } from '../shared/screen/show.ts';
import { tryAgain, unanswered } from '../shared/try-again.ts';
import { follow, reportIn } from './follow.ts';
import { actionsIn, merged } from './uses.ts';

interface Options {
  readonly config?: string;
  readonly actions?: readonly string[];
}

const command = (): Command =>
  new Command('npm run mirror --')
    .description('Copies GitHub’s newest runner to each region now, and shows the progress.')
    .option('--config <file>', 'another runners.yaml')
    .option(
      '--actions <from...>',
      'from WORKFLOWFILE…: prints mirror.actions with the actions that these workflows use, and copies nothing',
    );

export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions<Options>(command(), args);
  if (typeof options === 'number') return options;
  const config = readRunnersYaml(options.config);
  if (config === null) return 2;
  if (options.actions !== undefined) return printActions(options.actions, config);
  const ask = await asker(config);
  return follow({ ask, say, sleep, nowMs: Date.now });
}

/** 1: a file that cannot be read, which is named; the others count. */
function printActions(words: readonly string[], { mirror }: Config): number {
  const files = words.filter((word, at) => at > 0 || word !== 'from');
  const read = files.map((file) => ({ file, actions: actionsIn(readFileSync(file, 'utf8')) }));
  const unread = read.filter(({ actions }) => actions === null);
  for (const { file } of unread) complain(`${file} is not a workflow that can be read: left out`);
  const found = read.flatMap(({ actions }) => actions ?? []);
  say(stringify({ mirror: { actions: merged(mirror.actions, found) } }).trimEnd());
  return unread.length > 0 ? 1 : 0;
}

async function asker(config: Config) {
  const cloud = alibaba(operatorKey, process.env.ALIBABA_ENDPOINT);
  const { region, ...options } = await operatorInvoker(config, cloud, process.env.INVOKE_ENDPOINT);
  const functionName = namesOf(config).functionOf('reaper');
  const invoke = fcInvoker(options);
  return async (what: 'copy' | 'look'): Promise<ReleaseReport> => {
    const body = Buffer.from(what === 'copy' ? ASK_FOR_COPIES : ASK_HOW_COPIES_GET_ON);
    const timeoutMs = REAPER_TIMEOUT_S * 1000;
    const ask = () => invoke({ region, functionName, body, timeoutMs, type: 'Sync' });
    // Twice does what once does: mirrors look what is there already.
    return reportIn(functionName, await tryAgain(() => ask().catch(unanswered)));
  };
}
