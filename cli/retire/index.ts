/** `npm run retire`: ends a runner by hand, as safely as the sweep does. */
import { confirm } from '@inquirer/prompts';
import { Command } from 'commander';
import type { RunnerEntry } from '../../shared/ledger/entries.ts';
import { findRunner, type Operator, withOperator } from '../shared/operator.ts';
import { parseOptions } from '../shared/options.ts';
import { fail, show } from '../shared/screen/show.ts';
import { decideRetirement, type Retirement } from './decide.ts';
import { markRetired } from './mark.ts';

interface Options {
  readonly yes: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

export function main(args: readonly string[]): Promise<number> {
  let runner = '';
  const options = parseOptions<Options>(
    command((named) => {
      runner = named;
    }),
    args,
  );
  if (typeof options === 'number') return Promise.resolve(options);
  return withOperator((operator) => retire(runner, options, operator));
}

function command(take: (runner: string) => void): Command {
  return new Command('npm run retire --')
    .description(
      'Ends a runner: it gets no further job, and its instance is deleted as soon as that is proven safe.',
    )
    .argument('<runner>', 'its name, or the id of its instance, as npm run list shows them')
    .option('--yes', 'do not ask', false)
    .option('--force', 'also when a job runs on it: the job fails', false)
    .option('--json', 'the outcome as JSON', false)
    .action(take)
    .addHelpText(
      'after',
      '\nExamples:\n  npm run retire -- ci-runner-arm64-spot-40000012345-1\n  npm run retire -- i-bp1abcdefghijk --yes',
    );
}

async function retire(named: string, options: Options, { ledger, clock }: Operator): Promise<number> {
  const entry = await findRunner(named, { ledger });
  if (entry === null) return fail(`There is no runner '${named}' in the ledger. What there is: npm run list`);
  const plan = decideRetirement(entry, options.force);
  if (plan.kind === 'refused') return fail(plan.because);
  if (plan.kind === 'already') return printRetirement(entry, plan, options);
  if (!options.yes) {
    if (!process.stdin.isTTY || options.json) return fail('Nobody is there to be asked: say --yes.', 2);
    if (!(await confirm({ message: `${plan.text} Go on?`, default: false })))
      return fail('Nothing was done.');
  }
  const last = await markRetired(entry, options.force, ledger, clock.nowMs());
  return last.kind === 'refused' ? fail(last.because) : printRetirement(entry, last, options);
}

function printRetirement(
  { name, state }: RunnerEntry,
  { kind, text }: Exclude<Retirement, { kind: 'refused' }>,
  { json }: Options,
): number {
  const said = { runner: name, was: state, kind, text };
  show(said, { isJson: json, json: (all) => all, text: (all) => all.text });
  return 0;
}
