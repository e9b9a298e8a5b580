/** `npm run prove`: asks the account, and one short-lived instance, what only they can tell. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { confirm } from '@inquirer/prompts';
import { Command } from 'commander';
import type { Config } from '../../shared/config/config.ts';
import { operatorKey } from '../shared/alibaba.ts';
import { readDotEnv } from '../shared/dot-env.ts';
import { parseOptions } from '../shared/options.ts';
import { FOLDER } from '../shared/package/places.ts';
import { readRunnersYaml } from '../shared/runners-yaml.ts';
import { LEFT, leaving } from '../shared/screen/leaving.ts';
import { leaveWithoutReader } from '../shared/screen/no-reader.ts';
import { complain, fail, say, showJson } from '../shared/screen/show.ts';
import { ROOT } from '../shared/steps.ts';
import { clean } from './clean.ts';
import { newDraft } from './draft.ts';
import { exitCodeOf, pageOf, proofOf } from './page.ts';
import { linesOf, planOf } from './plan.ts';
import { realWorlds } from './real-world.ts';
import { playSteps } from './show.ts';
import { stepsOf } from './steps.ts';
import type { ProveWorld } from './world.ts';

interface Options {
  readonly yes: boolean;
  readonly json: boolean;
  readonly clean: boolean;
  readonly config?: string;
}

const command = (): Command =>
  new Command('npm run prove --')
    .description(
      'Asks the account what only it can tell, with two small spot instances that are gone at the end, and writes proof.json and proof.md. Exit code 1: something that jobs need is otherwise, or could not be told.',
    )
    .option('--yes', 'do not ask before it begins', false)
    .option('--clean', 'only remove what an interrupted run left', false)
    .option('--json', 'the result as JSON on standard output, the rest on standard error', false)
    .option('--config <file>', 'another runners.yaml');

export async function main(args: readonly string[]): Promise<number> {
  const values = parseOptions<Options>(command(), args);
  if (typeof values === 'number') return values;
  if (values.json && !values.yes && !values.clean) return fail('Nobody is there to be asked: say --yes.', 2);
  const config = readRunnersYaml(values.config);
  if (config === null) return 2;
  const { signal } = leaving();
  for (const stream of [process.stdout, process.stderr]) leaveWithoutReader(stream, signal);
  const variables = { ...readDotEnv(FOLDER), ...process.env };
  const worlds = realWorlds(config, signal, { variables, accessKey: operatorKey });
  const tell = values.json ? complain : say;
  return values.clean ? removeLeft(worlds.world, values, tell) : prove(config, worlds, values, tell);
}

/** Throws when something is left that could not be removed. */
export async function removeLeft(
  world: ProveWorld,
  { json }: Pick<Options, 'json'>,
  tell: (line: string) => void,
): Promise<number> {
  const removed = await clean(world);
  tell(removed === 0 ? 'Nothing was left.' : `${removed} instances were removed; nothing is left.`);
  if (json) showJson({ removed });
  return 0;
}

interface Worlds {
  readonly world: ProveWorld;
  readonly afterwards: ProveWorld;
}

async function prove(
  config: Config,
  { world, afterwards }: Worlds,
  { yes, json }: Options,
  tell: (line: string) => void,
): Promise<number> {
  const plan = planOf(config, await world.markets(), world.nowMs());
  for (const line of linesOf(plan, config)) tell(line);
  if (!yes && !(await confirm({ message: 'Begin?', default: false }))) {
    tell('Nothing was made.');
    return 1;
  }
  if (world.intention.read() !== null) tell('An earlier run was interrupted: what it left is removed first.');
  if (world.intention.read() !== null) await clean(afterwards);
  const draft = newDraft(plan, world.nowMs());
  const isTerminal = process.stdout.isTTY === true && !json;
  await playSteps(stepsOf(draft, world, afterwards), isTerminal, tell);
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const proof = proofOf(draft, config, version, world.nowMs());
  const text = `${JSON.stringify(proof, null, 2)}\n`;
  writeFileSync(join(FOLDER, 'proof.json'), text);
  writeFileSync(join(FOLDER, 'proof.md'), pageOf(proof));
  if (json) showJson(proof);
  tell(endOf(proof));
  return draft.left === null ? exitCodeOf(proof) : LEFT;
}

function endOf({ facts, clean: isClean }: ReturnType<typeof proofOf>): string {
  const count = (verdict: string) => facts.filter((each) => each.verdict === verdict).length;
  const told = `${count('as assumed')} as assumed, ${count('otherwise')} otherwise, ${count('not told')} not told`;
  const left = isClean ? '' : ' Something is left: npm run prove -- --clean removes it.';
  return `${told}: proof.md says what follows, and can be sent to others.${left}`;
}
