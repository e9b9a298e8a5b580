/** `npm run cost`: what jobs have cost. */
import { Command, Option } from 'commander';
import { HISTORY_TTL_DAYS } from '../../shared/limits.ts';
import { toIsoOrNull } from '../shared/format.ts';
import { withOperator } from '../shared/operator.ts';
import { parseOptions, wholeNumber } from '../shared/options.ts';
import type { Screen } from '../shared/screen/screen.ts';
import { show } from '../shared/screen/show.ts';
import { HOSTED_SOURCE } from './hosted-prices.ts';
import { imageLines, type KnownImageCosts, readImageCosts } from './images.ts';
import { type CostState, readCosts } from './read.ts';
import { GROUPS, type Group } from './report.ts';
import { csvOf, renderCosts } from './table.ts';

interface Options {
  readonly by: Group;
  readonly days?: number;
  readonly json: boolean;
  readonly csv: boolean;
}

export function main(args: readonly string[]): Promise<number> {
  const options = parseOptions<Options>(command(), args);
  if (typeof options === 'number') return Promise.resolve(options);
  return withOperator(async (operator) => {
    const [state, images] = await Promise.all([
      readCosts(operator, options.days ?? null),
      // A line for each sum of jobs: images are in none.
      options.csv ? null : readImageCosts(operator),
    ]);
    show(
      { ...state, images },
      {
        isJson: options.json,
        json: (found) => ({ ...jsonOf(found), images: found.images }),
        text: (found, screen) => textOf(found, options, screen),
      },
    );
    return 0;
  });
}

type Told = CostState & { readonly images: KnownImageCosts };

function textOf(state: Told, { by, csv }: Options, screen: Screen): string {
  if (csv) return csvOf(state);
  return [renderCosts(state, by, screen), ...imageLines(state.images)].join('\n');
}

export function jsonOf({ fromMs, atMs, currency, report, sizings, monthForecast, cutDays }: CostState) {
  return {
    ...{ from: toIsoOrNull(fromMs), at: toIsoOrNull(atMs), currency },
    ...{
      total: report.total,
      idle: report.idle,
      all: report.all,
      billedEstimate: report.billedEstimate,
      by: report.by,
      monthForecast,
      cutDays,
    },
    hosted: { currency: 'USD', source: HOSTED_SOURCE },
    rightSizing: sizings,
  };
}

function command(): Command {
  return new Command('npm run cost --')
    .description(
      'Tells what jobs have cost since the first of the month, from what is remembered of them, and what they would have cost elsewhere.',
    )
    .addOption(new Option('--by <what>', 'rows').choices([...GROUPS]).default('repository'))
    .option('--days <count>', `the last so many days instead, ${HISTORY_TTL_DAYS} at most`, wholeNumber)
    .option('--json', 'all of it as JSON', false)
    .addOption(new Option('--csv', 'all of it as comma-separated values').default(false).conflicts('json'))
    .addHelpText(
      'after',
      '\nExamples:\n  npm run cost\n  npm run cost -- --by day --days 7\n  npm run cost -- --csv',
    );
}
