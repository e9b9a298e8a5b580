/** `npm run create`: a runner with given labels, without a job, for so long. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { labelText, ms } from '../../shared/config/field-types.ts';
import { CREATED_AT_ONCE_MAX, CREATED_WAIT_MAX_MS } from '../../shared/warm/limits.ts';
import { type Operator, withOperator } from '../shared/operator.ts';
import { parseOptions, wholeNumber } from '../shared/options.ts';
import { complain, show } from '../shared/screen/show.ts';
import { create } from './create.ts';
import { planOf } from './plan.ts';
import { launcherQueue } from './queue.ts';
import { jsonOf, nextLine, stepLine } from './text.ts';

interface Options {
  readonly labels?: readonly string[];
  readonly for: number;
  readonly repository?: string;
  readonly count: number;
  readonly json: boolean;
}

export function main(args: readonly string[]): Promise<number> {
  const options = parseOptions<Options>(command(), args);
  if (typeof options === 'number') return Promise.resolve(options);
  const { labels } = options;
  if (labels === undefined) {
    complain('error: --labels is missing, such as --labels arm64,8cpu (--help shows what there is)');
    return Promise.resolve(2);
  }
  return withOperator((operator) => createAsked({ ...options, labels }, operator));
}

function command(): Command {
  return new Command('npm run create --')
    .description(
      'Launches a runner that no job asked for, and that waits for one. It runs one job, and is deleted after it, or when its time is over.',
    )
    .option('--labels <list>', 'its labels, with commas between them', labelsIn)
    .option('--for <time>', 'how long it waits for a job, such as 30m or 2h', timeIn, 3_600_000)
    .option('--repository <owner/name>', 'where it registers, if runners.yaml allows more than one place')
    .option('--count <number>', 'how many', countIn, 1)
    .option('--json', 'the outcome as JSON', false)
    .addHelpText(
      'after',
      '\nExamples:\n  npm run create -- --labels self-hosted,aliyun,arm64 --for 2h\n  npm run create -- --labels amd64,16cpu --count 3\nTo end one sooner: npm run retire -- RUNNER',
    );
}

function labelsIn(text: string): readonly string[] {
  const labels = text.split(',').map((label) => label.trim());
  const bad = labels.find((label) => !labelText.safeParse(label).success);
  if (bad !== undefined) throw new RangeError(`--labels: '${bad}' is no label: letters, digits, . _ -`);
  if (labels.length > LABELS_MAX) throw new RangeError(`--labels takes ${LABELS_MAX} at most`);
  return labels;
}

const LABELS_MAX = 20;

function timeIn(text: string): number {
  const time = ms.safeParse(text);
  if (!time.success) throw new RangeError('--for wants a time such as 90s, 30m or 2h');
  if (time.data < 60_000 || time.data > CREATED_WAIT_MAX_MS)
    throw new RangeError(`--for wants 1m to ${CREATED_WAIT_MAX_MS / 3_600_000}h`);
  return time.data;
}

function countIn(text: string): number {
  const count = wholeNumber(text);
  if (count > CREATED_AT_ONCE_MAX) throw new RangeError(`--count takes ${CREATED_AT_ONCE_MAX} at most`);
  return count;
}

async function createAsked(
  options: Options & Required<Pick<Options, 'labels'>>,
  operator: Operator,
): Promise<number> {
  const { labels, repository = null, for: forMs, count, json } = options;
  const plan = planOf({ labels, repository }, operator.config);
  if (plan.kind === 'refused') {
    for (const because of plan.because) complain(`Refused: ${because}`);
    return 1;
  }
  const created = await create(
    { pool: plan.pool, forMs, count },
    {
      operator,
      queue: await launcherQueue(operator.config),
      say: (one) => complain(stepLine(one, operator.clock.nowMs())),
      sleep,
    },
  );
  const next = nextLine(created, plan.pool.labels);
  show(created, { isJson: json, json: jsonOf, text: () => next });
  return created.every(({ failure, entry }) => failure === null && entry?.onlineAtMs != null) ? 0 : 1;
}
