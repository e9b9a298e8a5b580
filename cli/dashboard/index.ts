/** `npm run dashboard`: what happens, as a page on this machine. */
import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { examine } from '../doctor/finding.ts';
import { CHECKS } from '../doctor/index.ts';
import { realWorld } from '../doctor/real-world.ts';
import { type Operator, withOperator } from '../shared/operator.ts';
import { parseOptions } from '../shared/options.ts';
import { openDoor } from '../shared/screen/door.ts';
import { leaving } from '../shared/screen/leaving.ts';
import { say } from '../shared/screen/show.ts';
import { isSimulated } from '../shared/simulator-file.ts';
import { rememberingHistory } from './history.ts';
import { serve } from './serve.ts';

interface Options {
  readonly allowActions: boolean;
  /** commander's way to say `--no-open` */
  readonly open: boolean;
}

export function main(args: readonly string[]): Promise<number> {
  const options = parseOptions<Options>(command(), args);
  if (typeof options === 'number') return Promise.resolve(options);
  return withOperator((operator) => show(operator, options));
}

function command(): Command {
  return new Command('npm run dashboard --')
    .description(
      'Shows runners, jobs, waits and money in a browser, live, from this machine alone. Ends with Ctrl-C.',
    )
    .option('--allow-actions', 'runners can be retired from the page', false)
    .option('--no-open', 'only print the address')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run dashboard\n  npm run dashboard -- --allow-actions --no-open',
    );
}

async function show(operator: Operator, { allowActions, open }: Options): Promise<number> {
  const { clock, config } = operator;
  const world = {
    operator: { ...operator, ledger: rememberingHistory(operator.ledger, clock) },
    doctor: isSimulated() ? null : () => examine(CHECKS, realWorld(config)),
    allowsActions: allowActions,
  };
  const dashboard = await serve(world, randomBytes(24).toString('base64url'));
  say(
    `Dashboard: ${dashboard.url}\nWhoever has this address sees all of it${allowActions ? ', and can retire runners' : '; nothing can be changed from it'}. Until Ctrl-C.`,
  );
  const shutDoor = open ? openDoor(dashboard.url) : () => undefined;
  // Started by npm start, which says the address, and with which it ends.
  process.send?.(dashboard.url);
  await new Promise<void>((resolve) => {
    leaving().signal.addEventListener('abort', () => resolve());
    process.once('disconnect', resolve);
  });
  await dashboard.close();
  shutDoor();
  if (process.connected) process.disconnect();
  return 0;
}
