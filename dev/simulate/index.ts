/** `npm run simulate`: days of production in seconds, with everything that can go wrong drawn from seeds. */
import { availableParallelism } from 'node:os';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type Batch, joined, report } from '../../test/simulation/batch.ts';
import { BOOT_MS, type DayPlan, WARMTHS } from '../../test/simulation/money/day.ts';
import { type Judged, judge } from '../../test/simulation/mutations/mutate.ts';
import { FAULTS } from '../../test/simulation/plan/plan.ts';
import { tellDay, tellWaits } from './day.ts';
import { playLoads } from './load.ts';
import { barOf, linesOf } from './progress.ts';
import { inWorker, playShare, type Share } from './workers.ts';

interface Options {
  readonly seeds?: number;
  readonly from: number;
  readonly seed?: number;
  readonly workers: number;
  readonly day?: number;
  readonly warm: DayPlan['warm'] | 'each';
  readonly image: DayPlan['image'];
  readonly takenBack?: number;
  /** Part of a name; true: all of them. */
  readonly load?: string | true;
  /** True: all of them. */
  readonly mutations?: string | true;
  /** What a worker process is told to do. */
  readonly share?: string;
}

export async function main(args: readonly string[]): Promise<number> {
  const program = new Command('npm run simulate --')
    .description('Plays seeds of the simulation; says what broke, and how to see it again.')
    .option('--seeds <count>', 'how many seeds (default: 200; of each mutation: 100)', whole)
    .option('--from <seed>', 'the first of them', whole, 1)
    .option('--seed <seed>', 'one seed: its shortest story', whole)
    .option('--workers <count>', 'processes', whole, availableParallelism())
    .option('--day <jobs>', 'a day of office hours: waits by phase, and its money', whole)
    .addOption(
      new Option('--warm <runners>', 'with --day: what waits; each: a table of the waits')
        .choices([...WARMTHS, 'each'])
        .default('none'),
    )
    .addOption(
      new Option('--image <kind>', 'with --day: what machines boot')
        .choices(Object.keys(BOOT_MS))
        .default('stock'),
    )
    .option(
      '--taken-back <percent>',
      'with --day: of all machines in an hour, from their first minute on',
      whole,
    )
    .option(
      '--load [name]',
      'a backlog, a busy hour, many repositories: waits, and what GitHub was asked for',
    )
    .option('--mutations [name]', 'take protections away one at a time, and see that it is noticed')
    .addOption(new Option('--share <json>').hideHelp())
    .addHelpText(
      'after',
      '\nExamples:\n  npm run simulate -- --seeds 1000\n  npm run simulate -- --seed 2244\n  npm run simulate -- --day 1000 --warm each --taken-back 0\n  npm run simulate -- --mutations "the client token"',
    )
    .exitOverride();
  try {
    const options = program.parse(args, { from: 'user' }).opts<Options>();
    return await play(options);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}

async function play(options: Options): Promise<number> {
  if (options.share !== undefined) return playShare(JSON.parse(options.share) as Share);
  if (options.seed !== undefined) return playOne(options.seed);
  if (options.mutations !== undefined) return playMutations(options.mutations, options.seeds);
  if (options.load !== undefined) return playLoads(options.load === true ? '' : options.load, options.from);
  if (options.day !== undefined) return playDays(options, options.day);
  return playMany(options);
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('must be a whole number');
  return value;
}

async function playOne(seed: number): Promise<number> {
  const told = await report(seed);
  process.stdout.write(`${told}\n`);
  return told.endsWith('nothing went wrong') ? 0 : 1;
}

function playDays({ from, warm, image, takenBack }: Options, jobs: number): Promise<number> {
  const day = { jobs, seed: from, image, takenBackPercent: takenBack ?? null };
  return warm === 'each' ? tellWaits({ ...day, warm: 'none' }) : tellDay({ ...day, warm });
}

/** `seeds`: so many does a mutation get before its test is asked. */
async function playMutations(wanted: string | true, seeds = 100): Promise<number> {
  let unnoticed = 0;
  for await (const judged of judge(seeds, wanted === true ? '' : wanted)) {
    if (judged.check === null && judged.test === null) unnoticed++;
    process.stdout.write(`without ${judged.name}: ${verdictOn(judged)}\n`);
  }
  return unnoticed === 0 ? 0 : 1;
}

function verdictOn({ seeds, check, test }: Judged): string {
  if (check !== null) return `noticed by seed ${seeds}: ${check}`;
  const unnoticed = `not noticed in ${seeds} seeds`;
  return test === null ? unnoticed : `${unnoticed}, noticed by ${test}`;
}

async function playMany({ seeds = 200, from, workers }: Options): Promise<number> {
  const startedMs = Date.now();
  const progress = process.stdout.isTTY ? barOf(seeds) : linesOf(seeds);
  const step = Math.min(workers, seeds);
  const shares = Array.from({ length: step }, (_, nth) =>
    inWorker({ from: from + nth, to: from + seeds - 1, step }, progress.played),
  );
  const batch = joined(await Promise.all(shares).finally(progress.end));
  process.stdout.write(`${summary(batch, (Date.now() - startedMs) / 1000)}\n`);
  const [first] = batch.broken;
  if (first !== undefined) process.stdout.write(`\n${await report(first.seed)}\n`);
  return batch.broken.length === 0 ? 0 : 1;
}

function summary(batch: Batch, seconds: number): string {
  const minutes = batch.settledMs.map((ms) => ms / 60_000).sort((a, b) => a - b);
  const at = (share: number) => Math.round(minutes[Math.floor((minutes.length - 1) * share)] ?? 0);
  const never = Object.keys(FAULTS).filter((name) => !isSeen(name, batch.fired));
  const mix = Object.entries(batch.fired).sort(([, a], [, b]) => b - a);
  return [
    `${batch.seeds} seeds in ${Math.round(seconds)} s: ${batch.jobs} jobs, ${batch.instances} instances, ${batch.broken.length} broken.`,
    `From healing to nothing left: median ${at(0.5)} min, 99 % ${at(0.99)} min, longest ${at(1)} min.`,
    `What went wrong: ${mix.map(([name, times]) => `${name} ${times}`).join(', ')}.`,
    never.length === 0 ? 'Each fault happened.' : `Never happened: ${never.join(', ')}.`,
  ].join('\n');
}

function isSeen(name: string, fired: Readonly<Record<string, number>>): boolean {
  return (fired[name] ?? 0) > 0;
}
