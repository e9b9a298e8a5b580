/** `npm run resume`: takes a stop back. */
import { Command } from 'commander';
import { resuming } from '../../shared/ledger/stop.ts';
import { type Operator, withOperator } from '../shared/operator.ts';
import { parseOptions } from '../shared/options.ts';
import { say } from '../shared/screen/show.ts';
import type { StopWorld } from './stop.ts';
import { triggerSwitch } from './world.ts';

interface Options {
  readonly repository?: string;
}

export function main(args: readonly string[]): Promise<number> {
  const options = parseOptions<Options>(command(), args);
  if (typeof options === 'number') return Promise.resolve(options);
  return withOperator((operator) => {
    return resume(options.repository ?? null, operator, triggerSwitch(operator.config), say);
  });
}

const command = (): Command =>
  new Command('npm run resume --')
    .description('Undoes npm run stop: triggers go on, and waiting jobs are launched for again.')
    .option('--repository <owner/name>', 'only this repository')
    .addHelpText('after', '\nExamples:\n  npm run resume\n  npm run resume -- --repository my-org/app');

/** Triggers first: whoever dies in between has launched nothing. */
export async function resume(
  repository: string | null,
  { ledger, clock }: Pick<Operator, 'ledger' | 'clock'>,
  switchTriggers: StopWorld['switchTriggers'],
  say: (line: string) => void,
): Promise<number> {
  const { stop = null } = await ledger.capacity.view();
  const after = resuming(stop, repository);
  if (repository !== null && after !== null && after === stop) {
    say('Everything is stopped, not this repository alone. To undo all of it: npm run resume');
    return 1;
  }
  const isStopped = stop?.repositories?.includes(repository?.toLowerCase() ?? '');
  if (repository !== null && stop !== null && !isStopped) {
    say(`${repository} is not stopped. What is: ${stop.repositories?.join(', ')}. Nothing was changed.`);
    return 1;
  }
  if (repository === null) await switchTriggers?.(['webhook', 'reaper', 'mirror'], true);
  await ledger.capacity.stop((now) => resuming(now, repository), clock.nowMs());
  say(
    stop === null
      ? `Nothing was stopped${repository === null ? '; the triggers are on' : ''}.`
      : 'On again: the next sweep starts the jobs that wait, and asks GitHub for the deliveries that failed. What was running is not run again.',
  );
  return 0;
}
