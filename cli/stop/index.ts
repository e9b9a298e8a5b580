/** `npm run stop`: the switch for an incident. */
import { setTimeout as sleep } from 'node:timers/promises';
import { confirm } from '@inquirer/prompts';
import { Command } from 'commander';
import { isAllowed } from '../../shared/job/labels.ts';
import { isRunnerName } from '../../shared/names.ts';
import { findRunner, type Operator, withOperator } from '../shared/operator.ts';
import { parseOptions } from '../shared/options.ts';
import { complain, fail, say, showJson } from '../shared/screen/show.ts';
import { isKnown } from './known.ts';
import { type Stopped, stop, type Target } from './stop.ts';
import { triggerSwitch } from './world.ts';

interface Options {
  readonly all?: boolean;
  readonly repository?: string;
  readonly runner?: string;
  readonly yes: boolean;
  readonly json: boolean;
}

export function main(args: readonly string[]): Promise<number> {
  const options = parseOptions<Options>(command(), args);
  if (typeof options === 'number') return Promise.resolve(options);
  const { all, repository, runner } = options;
  if (repository !== undefined && !ONE_REPOSITORY.test(repository))
    return Promise.resolve(
      fail(`--repository wants one repository, as OWNER/NAME, and no pattern. All: --all`, 2),
    );
  if ([all, repository, runner].filter((each) => each !== undefined).length !== 1)
    return Promise.resolve(fail('Say one of --all, --repository OWNER/NAME and --runner NAME.', 2));
  return withOperator((operator) => stopAsked(options, operator));
}

const ONE_REPOSITORY = /^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/;

const whyNothing = ({ repository, runner }: Options): string =>
  repository === undefined
    ? `There is no runner '${runner}' in the ledger. What there is: npm run list`
    : `Nothing was ever launched for '${repository}', and repositories.allow does not name it: is it written right? What there is: npm run list`;

function command(): Command {
  return new Command('npm run stop --')
    .description(
      'For an incident: stops all launches at once, and deletes machines even while jobs run on them. Works without GitHub.',
    )
    .option('--all', 'everything: triggers go off, every machine of this deployment is deleted')
    .option('--repository <owner/name>', 'what is launched for it, or runs its jobs')
    .option('--runner <name>', 'one runner, by its name or the id of its instance; nothing else changes')
    .option('--yes', 'do not ask', false)
    .option('--json', 'the outcome as JSON', false)
    .addHelpText('after', '\nExamples:\n  npm run stop -- --all\n  npm run resume');
}

async function stopAsked(options: Options, operator: Operator): Promise<number> {
  const target = await targetIn(options, operator);
  if (target === null) return fail(whyNothing(options));
  if (!options.yes) {
    if (!process.stdin.isTTY || options.json) return fail('Nobody is there to be asked: say --yes.', 2);
    if (!(await confirm({ message: QUESTIONS[target.kind], default: false })))
      return fail('Nothing was done.');
  }
  const switchTriggers = triggerSwitch(operator.config);
  return report(await stop(target, { operator, switchTriggers, say: complain, sleep }), target, options);
}

const QUESTIONS: Readonly<Record<Target['kind'], string>> = {
  all: 'Every machine of this deployment is deleted under its job, kept ones too, and nothing is launched until npm run resume. Go on?',
  repository:
    'Its machines are deleted under their jobs, and nothing is launched for it until npm run resume. Go on?',
  runner: 'Its machine is deleted under its job. Go on?',
};

async function targetIn(
  { repository, runner }: Options,
  { ledger, config }: Operator,
): Promise<Target | null> {
  if (repository !== undefined) {
    if (await isKnown(repository, { ledger, config })) return { kind: 'repository', repository };
    if (!isAllowed(repository, config.repositories.allow)) return null;
    complain(`Nothing of ${repository} is known here yet: look at the name once more.`);
    return { kind: 'repository', repository };
  }
  if (runner === undefined) return { kind: 'all' };
  const found = await findRunner(runner, { ledger });
  if (found !== null) return { kind: 'runner', name: found.name };
  return isRunnerName(config.name, runner) ? { kind: 'runner', name: runner } : null;
}

function report(stopped: Stopped, target: Target, { json }: Options): number {
  const { machines, failures } = stopped;
  const isDone = machines === 0 && failures.length === 0;
  if (json) showJson({ ...target, ...stopped });
  else {
    for (const failure of failures) complain(`Not done: ${failure}`);
    const how = target.kind === 'runner' ? '' : ' To go on: npm run resume';
    say(`${isDone ? 'No machine is left.' : 'Not all is stopped: see above.'}${how}`);
  }
  return isDone ? 0 : 1;
}
