/** `npm run keep`: a machine stays for a person to look at. */
import { confirm } from '@inquirer/prompts';
import { Command } from 'commander';
import { ms } from '../../shared/config/field-types.ts';
import { currencyOf, findRunner, type Operator, withOperator } from '../shared/operator.ts';
import { parseOptions } from '../shared/options.ts';
import { complain, fail, show } from '../shared/screen/show.ts';
import { whyNotKept } from './decide.ts';
import { type Kept, keep, letGo } from './keep.ts';
import { jsonOf, proposal, report } from './text.ts';

interface Options {
  readonly end: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

export function main(args: readonly string[]): Promise<number> {
  let [runner, time]: [string, string | undefined] = ['', undefined];
  const options = parseOptions<Options>(
    command((named, wanted) => {
      [runner, time] = [named, wanted];
    }),
    args,
  );
  if (typeof options === 'number') return Promise.resolve(options);
  if (options.end === (time !== undefined))
    return Promise.resolve(fail('Say for how long, such as 2h, or --end to let it go.', 2));
  const span = time === undefined ? null : ms.safeParse(time);
  if (span?.success === false || span?.data === 0)
    return Promise.resolve(fail(`'${time}' is no time such as 90m or 2h.`, 2));
  return withOperator((operator) => act(runner, span?.data ?? null, options, operator));
}

const command = (take: (runner: string, time?: string) => void): Command =>
  new Command('npm run keep --')
    .description(
      'Keeps the machine of a runner for so long from now: past the end of its job, and past its lifetime. It costs what it costs while it lives.',
    )
    .argument('<runner>', 'its name, or the id of its instance, as npm run list shows them')
    .argument('[time]', 'such as 90m or 2h; 24h at most, and it may be said again')
    .option('--end', 'let it go: from now on it ends as any other', false)
    .option('--yes', 'do not ask', false)
    .option('--json', 'the outcome as JSON', false)
    .action(take)
    .addHelpText(
      'after',
      '\nExamples:\n  npm run keep -- ci-runner-arm64-spot-40000012345-1 2h\n  npm run keep -- i-bp1abcdefghijk 90m --yes\n  npm run keep -- i-bp1abcdefghijk --end',
    );

/** `spanMs` null: it is let go. Exit code 1 when anything of it did not work. */
async function act(
  named: string,
  spanMs: number | null,
  options: Options,
  operator: Operator,
): Promise<number> {
  const entry = await findRunner(named, operator);
  if (entry === null) return fail(`There is no runner '${named}' in the ledger. What there is: npm run list`);
  if (spanMs === null) return tell(await letGo(entry, operator), options, operator);
  const nowMs = operator.clock.nowMs();
  const { stop = null } = await operator.ledger.capacity.view();
  const because = whyNotKept(entry, nowMs + spanMs, { nowMs, stop });
  if (because !== null) return fail(because);
  if (!options.yes) {
    if (!process.stdin.isTTY || options.json) return fail('Nobody is there to be asked: say --yes.', 2);
    const message = proposal(entry, nowMs + spanMs, nowMs, await currencyOf(operator));
    if (!(await confirm({ message: `${message} Go on?`, default: false }))) return fail('Nothing was done.');
  }
  return tell(await keep(entry, operator.clock.nowMs() + spanMs, operator), options, operator);
}

async function tell(kept: Kept, { json }: Options, operator: Operator): Promise<number> {
  if (kept.kind === 'refused') return fail(kept.because);
  const [currency, nowMs] = [await currencyOf(operator), operator.clock.nowMs()];
  for (const failure of kept.failures) complain(failure);
  show(kept, {
    isJson: json,
    json: (all) => jsonOf(all, currency, nowMs),
    text: (all) => report(all, currency, nowMs),
  });
  return kept.failures.length === 0 ? 0 : 1;
}
