/** What the operator asked `npm run advise` for; a mistake is told with what to change. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { nearestRegion } from '../../shared/config/mistakes-of-places.ts';
import { isTimeZone } from '../../shared/config/schedule.ts';
import { HISTORY_TTL_DAYS } from '../../shared/limits.ts';
import type { Arch } from '../../shared/nouns.ts';
import { describe } from '../shared/options.ts';

export interface AdviseOptions {
  /** Null: not for a job, but everything that the filters leave. */
  readonly labels: readonly string[] | null;
  readonly repository: string | null;
  readonly config: string | null;
  readonly simulate: boolean;
  readonly json: boolean;
  readonly region: string | null;
  readonly mincpu: number;
  readonly maxcpu: number;
  readonly minmem: number;
  readonly maxmem: number;
  readonly arch: Arch | null;
  /** parts of type names; empty: all */
  readonly family: readonly string[];
  readonly limit: number;
  /** tenths of the pay-as-you-go price */
  readonly cutoff: number;
  /** days */
  readonly resolution: number;
  /** Not for a job: which runners might wait for jobs. */
  readonly warm: boolean;
  /** Of the past, for `warm`. */
  readonly days: number;
  readonly timeZone: string;
}

/** The operator's mistake: told as it is, exit code 2. */
export class UsageError extends Error {}

const EXAMPLES = `
Examples:
  npm run advise -- --labels self-hosted,aliyun,arm64
  npm run advise -- --labels self-hosted,aliyun,amd64,8-32cpu,64gb --json
  npm run advise -- --region cn-hangzhou --mincpu 8 --maxcpu 16 --arch arm64 --limit 10
  npm run advise -- --simulate --labels self-hosted,aliyun,arm64
  npm run advise -- --warm --days 28

With --warm, it proposes numbers and hours for warm: in runners.yaml, from the ledger of the deployment.
With --labels, it ranks as the launcher does for such a job, from runners.yaml. Without, it lists what a region sells,
by price per core, with the options and the JSON fields of spot-instance-advisor.
Credentials: ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET (and ALIBABA_CLOUD_SECURITY_TOKEN), or a
profile of Alibaba's own tools; none with --simulate.`;

/** Filters that a label says better: beside --labels they would contradict it. */
const BY_LABEL: Readonly<Record<string, string>> = {
  mincpu: '8-32cpu',
  maxcpu: '8-32cpu',
  minmem: '16gb',
  maxmem: '16-64gb',
  arch: 'arm64',
  family: 'ecs.c8y',
};

/** Null: help was asked for, and has been given. */
export function parseOptions(args: readonly string[], write: (text: string) => void): AdviseOptions | null {
  const command = declared().configureOutput({ writeOut: write, writeErr: () => {} });
  try {
    command.parse(args.map(spelt), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    throw new UsageError(
      `${error.message.replace(/^error: /, '')}\nnpm run advise -- --help shows the options.`,
    );
  }
  return checked(command);
}

/** spot-instance-advisor is a Go program: its scripts say `-region=…`. */
const spelt = (word: string): string => (/^-[a-z]{2}/.test(word) ? `-${word}` : word);

function declared(): Command {
  const number = (name: string, what: string, fallback: number, min: number, max: number) =>
    new Option(`--${name} <number>`, what).default(fallback).argParser(within(min, max));
  return new Command('npm run advise --')
    .description('What a job would be given: candidates in order, their prices, and why.')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureHelp({ optionDescription: describe })
    .option('--labels <labels>', 'runs-on of the job, comma-separated')
    .option('--repository <owner/name>', 'the repository of the job, for profiles limited to some')
    .option('--config <file>', 'another runners.yaml')
    .option('--simulate', 'ask the simulated cloud: needs no account', false)
    .option('--json', 'as JSON, with the fields of spot-instance-advisor and more', false)
    .option('--region <region>', 'one region only; without --labels: cn-hangzhou')
    .addOption(number('mincpu', 'fewest cores', 1, 1, 1024))
    .addOption(number('maxcpu', 'most cores', 32, 1, 1024))
    .addOption(number('minmem', 'least memory in GiB', 2, 0, 16_384))
    .addOption(number('maxmem', 'most memory in GiB', 64, 0, 16_384))
    .addOption(new Option('--arch <arch>', 'x86_64 or arm64').argParser(archNamed))
    .option('--family <families>', 'parts of type names, comma-separated, such as ecs.c8y,ecs.g8y')
    .addOption(number('limit', 'most rows; 0: all', 20, 0, 100_000))
    .addOption(number('cutoff', 'green up to so many tenths of pay-as-you-go: 2 is 20 %', 2, 0, 10))
    .addOption(
      new Option('--warm', 'which runners might wait for jobs, going by past arrivals')
        .default(false)
        .conflicts(['labels', 'simulate']),
    )
    .addOption(number('days', 'with --warm: of the past', 14, 1, HISTORY_TTL_DAYS))
    .option('--time-zone <zone>', 'with --warm: whose clock the hours go by', 'Asia/Shanghai')
    .addOption(number('resolution', 'days of past prices used for mean and possibility', 7, 1, 30));
}

const within = (min: number, max: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() !== '' && value >= min && value <= max) return value;
  throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
};

const ARCHES: Readonly<Record<string, Arch>> = {
  ...{ x86_64: 'amd64', 'x86-64': 'amd64', amd64: 'amd64', x64: 'amd64', x86: 'amd64' },
  ...{ arm64: 'arm64', aarch64: 'arm64', arm: 'arm64' },
};

function archNamed(text: string): Arch {
  const arch = ARCHES[text.toLowerCase()];
  if (arch === undefined) throw new InvalidArgumentError('It must be x86_64 or arm64.');
  return arch;
}

function checked(command: Command): AdviseOptions {
  const given = command.opts();
  const labels = given.labels === undefined ? null : listed(given.labels);
  if (labels !== null) checkLabels(labels, command);
  if (!isTimeZone(given.timeZone))
    throw new UsageError(`--time-zone ${given.timeZone} is none: give one such as Asia/Shanghai`);
  checkRegion(given.region);
  checkRange('cpu', given.mincpu, given.maxcpu);
  checkRange('mem', given.minmem, given.maxmem);
  return {
    ...{ labels, repository: given.repository ?? null, config: given.config ?? null },
    ...{ region: given.region ?? null, simulate: given.simulate, json: given.json },
    ...{ arch: given.arch ?? null, family: listed(given.family ?? '') },
    ...{ mincpu: given.mincpu, maxcpu: given.maxcpu, minmem: given.minmem, maxmem: given.maxmem },
    ...{
      limit: given.limit === 0 ? Number.POSITIVE_INFINITY : given.limit,
      cutoff: given.cutoff,
      resolution: given.resolution,
    },
    ...{ warm: given.warm, days: given.days, timeZone: given.timeZone },
  };
}

/** One that nobody knows may be new: then the cloud answers. */
function checkRegion(region: string | undefined): void {
  const meant = region === undefined ? null : nearestRegion(region);
  if (meant !== null) throw new UsageError(`--region: there is no ${region}; is ${meant} meant?`);
}

const listed = (text: string): readonly string[] =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');

function checkLabels(labels: readonly string[], command: Command): void {
  if (labels.length === 0)
    throw new UsageError("--labels is empty: give the job's runs-on, such as self-hosted,aliyun,arm64");
  const said = Object.keys(BY_LABEL).find((name) => command.getOptionValueSource(name) === 'cli');
  if (said === undefined) return;
  throw new UsageError(
    `--${said} goes without --labels: for a job, say it as a label such as ${BY_LABEL[said]}`,
  );
}

function checkRange(what: string, min: number, max: number): void {
  if (min <= max) return;
  throw new UsageError(
    `--min${what} ${min} is more than --max${what} ${max}: raise the one or lower the other`,
  );
}
