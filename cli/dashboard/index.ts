/** `npm run dashboard`: what happens, as a page on this machine. */
import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { examine } from '../doctor/finding.ts';
import { CHECKS } from '../doctor/index.ts';
import { realWorld } from '../doctor/real-world.ts';
import { openBrowser } from '../shared/open-browser.ts';
import { type Operator, withOperator } from '../shared/operator.ts';
import { parseOptions } from '../shared/options.ts';
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
    .option('--no-open', 'only say the address')
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
  process.stdout.write(
    `Dashboard: ${dashboard.url}\nWhoever has this address sees all of it${allowActions ? ', and can retire runners' : '; nothing can be changed from it'}. Until Ctrl-C.\n`,
  );
  if (open) openBrowser(dashboard.url);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve);
    // Started by npm start: it ends when that does.
    process.once('disconnect', resolve);
  });
  await dashboard.close();
  return 0;
}
