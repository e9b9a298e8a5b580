/** `npm run list`: what is alive. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { wordsOf } from '../../shared/words/words-of.ts';
import { toIsoOrNull } from '../shared/format.ts';
import { type Operator, withOperator } from '../shared/operator.ts';
import { parseOptions } from '../shared/options.ts';
import { leaving } from '../shared/screen/leaving.ts';
import { screenNow } from '../shared/screen/screen.ts';
import { complain, show } from '../shared/screen/show.ts';
import { type LiveState, readLiveState } from './live-state.ts';
import { renderList } from './table.ts';
import { watch } from './watch.ts';

interface Options {
  readonly json: boolean;
  readonly watch: boolean;
}

export function main(args: readonly string[]): Promise<number> {
  const options = parseOptions<Options>(command(), args);
  if (typeof options === 'number') return Promise.resolve(options);
  if (options.watch && !process.stdout.isTTY) {
    complain('--watch draws on a terminal, and there is none: npm run list -- --json gives the same once.');
    return Promise.resolve(2);
  }
  return withOperator(async (operator) => {
    if (options.watch) return watchUntilLeft(operator);
    show(await readLiveState(operator), {
      isJson: options.json,
      json: jsonOf,
      text: (alive, screen) =>
        renderList(alive, screen, wordsOf(process.env, operator.config.alerts.language)),
    });
    return 0;
  });
}

async function watchUntilLeft(operator: Operator): Promise<number> {
  const left = leaving();
  await watch({
    read: () => readLiveState(operator),
    write: (text) => void process.stdout.write(text),
    rows: () => process.stdout.rows,
    screen: screenNow,
    say: wordsOf(process.env, operator.config.alerts.language),
    nowMs: () => operator.clock.nowMs(),
    isOver: () => left.signal.aborted,
    sleep: (ms) => sleep(ms, undefined, { signal: left.signal }).catch(() => undefined),
  });
  return 0;
}

function command(): Command {
  return new Command('npm run list --')
    .description(
      'Shows the runners that are alive, the jobs that wait, and those refused today, with their reasons.',
    )
    .addOption(new Option('--json', 'as JSON, times in UTC').default(false))
    .addOption(new Option('--watch', 'redrawn in place until Ctrl-C').default(false).conflicts('json'))
    .addHelpText('after', '\nExamples:\n  npm run list\n  npm run list -- --watch\n  npm run list -- --json');
}

export function jsonOf({
  atMs,
  sweptAtMs,
  stop,
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
    stop: stop === null ? null : { at: toIsoOrNull(stop.atMs), repositories: stop.repositories },
    slots,
    quotas,
    currency,
    alerts: alerts.map(({ raisedAtMs, ...alert }) => ({ ...alert, raisedAt: toIsoOrNull(raisedAtMs) })),
    runners: runners.map(({ createdAtMs, stateAtMs, untilMs, keptUntilMs, ...runner }) => ({
      ...runner,
      stateAt: toIsoOrNull(stateAtMs),
      createdAt: toIsoOrNull(createdAtMs),
      until: toIsoOrNull(untilMs),
      keptUntil: toIsoOrNull(keptUntilMs),
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
