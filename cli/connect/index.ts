/** `npm run connect`: a shell on the machine of a job or a runner. */
import { Command } from 'commander';
import { channelTo } from '../../shared/adapters/ecs/terminal/channel.ts';
import { type Operator, withOperator } from '../shared/operator.ts';
import { parseOptions } from '../shared/options.ts';
import { complain, fail } from '../shared/screen/show.ts';
import { connect } from './connect.ts';
import { findMachine } from './find.ts';
import { ownTerminal } from './terminal.ts';

export function main(args: readonly string[]): Promise<number> {
  let named = '';
  const options = parseOptions<object>(
    command((job) => {
      named = job;
    }),
    args,
  );
  if (typeof options === 'number') return Promise.resolve(options);
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    return Promise.resolve(
      fail(
        'A shell needs a terminal, and there is none on standard input and output. To read what a job wrote: npm run logs -- JOB --diag; to keep its machine until somebody is at a terminal: npm run keep -- RUNNER 2h',
        2,
      ),
    );
  return withOperator((operator) => act(named, operator));
}

const command = (take: (named: string) => void): Command =>
  new Command('npm run connect --')
    .description(
      'Opens a shell on the machine of a job or a runner, by Cloud Assistant’s Session Manager: no public address, no key, no inbound rule. You are ecs-assist-user there; sudo -i makes you root. It needs ecs:StartTerminalSession.',
    )
    .argument(
      '<job|runner>',
      "a job's address at GitHub or its id, a runner's name, or the id of its instance, as npm run list shows them",
    )
    .action(take)
    .addHelpText(
      'after',
      '\nIt ends with the shell (exit, Ctrl-D), after three minutes without a key, and with its machine.\n\nExamples:\n  npm run connect -- 48000000002\n  npm run connect -- ci-runner-arm64-spot-40000012345-1\n  npm run connect -- i-bp1abcdefghijk',
    );

async function act(named: string, operator: Operator): Promise<number> {
  const found = await findMachine(named, operator);
  if (found.kind === 'none') return fail(found.because);
  const code = await connect(found.entry, {
    ...operator,
    channelTo,
    tell: complain,
    converse: {
      terminal: ownTerminal(process.stdin, process.stdout),
      nowMs: Date.now,
      after(ms, doIt) {
        const timer = setTimeout(doIt, ms);
        return () => clearTimeout(timer);
      },
    },
  });
  // Node's own end wants its terminal once more, and crashes where it is gone (ResetStdio, tcsetattr): the signal itself ends us.
  if (code === HUNG_UP) process.kill(process.pid, 'SIGHUP');
  return code;
}

/** As a shell tells the end by SIGHUP. */
const HUNG_UP = 129;
