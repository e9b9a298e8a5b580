/** `npm run job`: one more job in the world of `npm start -- --stay`. */
import { Command } from 'commander';
import * as z from 'zod';
import { parseOptions } from '../shared/options.ts';
import { complain, say } from '../shared/screen/show.ts';
import { findSimulator } from '../shared/simulator-file.ts';

interface Options {
  readonly labels: readonly string[];
  readonly name: string;
  readonly minutes: number;
  readonly json: boolean;
}

const Queued = z.object({ job: z.int() });

export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions<Options>(command(), args);
  if (typeof options === 'number') return options;
  const simulator = findSimulator();
  if (simulator === null) {
    complain(
      'No simulated world is served here. In another terminal: npm start -- --stay\n(A real job comes from GitHub: push a workflow with runs-on.)',
    );
    return 1;
  }
  try {
    const job = await queue(simulator.endpoint, options);
    if (options.json) say(JSON.stringify({ job }));
    else for (const line of said(job, options)) say(line);
    return 0;
  } catch (error) {
    const because = error instanceof Error ? error.message : 'no reason given';
    complain(`The simulated GitHub did not take the job: ${because}`);
    return 1;
  }
}

function command(): Command {
  return new Command('npm run job --')
    .description('Queues one more job in the simulated world that npm start -- --stay serves.')
    .requiredOption('--labels <list>', 'all of its labels, with commas between them', labelsIn)
    .option('--name <name>', 'its name', 'one-more')
    .option('--minutes <number>', 'how long it runs, in simulated minutes', minutesIn, 2)
    .option('--json', 'the id of the job as JSON', false)
    .addHelpText(
      'after',
      '\nExamples:\n  npm run job -- --labels self-hosted,aliyun,arm64,16cpu\n  npm run job -- --labels self-hosted,aliyun,arm46 --name typo   (then: npm run explain -- JOB)',
    );
}

function labelsIn(text: string): readonly string[] {
  const labels = text.split(',').map((label) => label.trim());
  if (labels.some((label) => label === ''))
    throw new RangeError('--labels wants labels with commas between them');
  return labels;
}

function minutesIn(text: string): number {
  const minutes = Number(text);
  if (!(minutes > 0 && minutes <= 360)) throw new RangeError('--minutes wants a number above 0, at most 360');
  return minutes;
}

async function queue(endpoint: string, { labels, name, minutes }: Options): Promise<number> {
  const answer = await fetch(endpoint, { method: 'POST', body: JSON.stringify({ labels, name, minutes }) });
  const text = await answer.text();
  if (answer.status !== 201) throw new Error(text);
  return Queued.parse(JSON.parse(text)).job;
}

/** A line each, which goes on below itself. */
const said = (job: number, { labels }: Options): readonly string[] => [
  `Job ${job} is queued, with the labels ${labels.join(', ')}. What becomes of it:`,
  '  npm run list',
  `  npm run explain -- ${job}`,
];
