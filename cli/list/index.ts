/** `npm run list`: what is alive. */
import { Command } from 'commander';
import { wordsOf } from '../../shared/words/words-of.ts';
import { toIsoOrNull } from '../shared/format.ts';
import { withOperator } from '../shared/operator.ts';
import { parseOptions } from '../shared/options.ts';
import { show } from '../shared/show.ts';
import { type LiveState, readLiveState } from './live-state.ts';
import { renderTable } from './table.ts';

export function main(args: readonly string[]): Promise<number> {
  const options = parseOptions<{ json: boolean }>(command(), args);
  if (typeof options === 'number') return Promise.resolve(options);
  return withOperator(async (operator) => {
    show(await readLiveState(operator), {
      isJson: options.json,
      json: jsonOf,
      text: (alive, isColoured) => renderTable(alive, isColoured, wordsOf(process.env)),
    });
    return 0;
  });
}

function command(): Command {
  return new Command('npm run list --')
    .description(
      'Shows the runners that are alive, the jobs that wait, and those refused today, with their reasons.',
    )
    .option('--json', 'as JSON, times in UTC', false)
    .addHelpText('after', '\nExamples:\n  npm run list\n  npm run list -- --json');
}

export function jsonOf({
  atMs,
  sweptAtMs,
  slots,
  quotas,
  currency,
  alerts,
  runners,
  jobs,
  refused,
  isRefusedComplete,
}: LiveState) {
  return {
    at: toIsoOrNull(atMs),
    lastSweepAt: toIsoOrNull(sweptAtMs),
    slots,
    quotas,
    currency,
    alerts: alerts.map(({ raisedAtMs, ...alert }) => ({ ...alert, raisedAt: toIsoOrNull(raisedAtMs) })),
    runners: runners.map(({ createdAtMs, untilMs, ...runner }) => ({
      ...runner,
      createdAt: toIsoOrNull(createdAtMs),
      until: toIsoOrNull(untilMs),
    })),
    jobs: jobs.map(({ createdAtMs, nextTryAtMs, ...job }) => ({
      ...job,
      createdAt: toIsoOrNull(createdAtMs),
      nextTryAt: toIsoOrNull(nextTryAtMs),
    })),
    refused: refused.map(({ createdAtMs, ...job }) => ({ ...job, createdAt: toIsoOrNull(createdAtMs) })),
    isRefusedComplete,
  };
}
