/** `npm start`: the whole path of a dozen jobs on this machine, over the real wire protocols. */
import { join } from 'node:path';
import { Command } from 'commander';
import type { SimJob } from '../../simulator/github/index.ts';
import { type Loopback, openLoopback } from '../../simulator/loopback.ts';
import { parseOptions, wholeNumber } from '../shared/options.ts';
import { makeBundles } from '../shared/package/bundles.ts';
import { STATE } from '../shared/package/places.ts';
import { readRunnersYaml } from '../shared/runners-yaml.ts';
import { fitted } from '../shared/screen/cut.ts';
import { LEFT, leaving } from '../shared/screen/leaving.ts';
import { inAscii, screenNow } from '../shared/screen/screen.ts';
import { complain } from '../shared/screen/show.ts';
import { ROOT } from '../shared/steps.ts';
import { serveAccount } from './account.ts';
import { startDashboard } from './dashboard.ts';
import { createDemoOrganization, queueDemoRun, REPOSITORY } from './demo.ts';
import { canDraw, plainDisplay, terminalDisplay } from './display.ts';
import { endOf, interruptedBy, whatToTry } from './ending.ts';
import { follow, settled } from './follow.ts';
import { leftovers } from './leftovers.ts';
import { foundOf, openLocalEndpoint, otherWorld } from './local-endpoint.ts';
import { readMarket } from './market.ts';
import { mirrorRunner } from './mirror.ts';
import { toRow } from './table.ts';
import { untilReady, warmLine, withPools } from './warm.ts';
import { type JobProgress, Watch } from './watch.ts';

interface Options {
  readonly stay: boolean;
  /** commander's way to say `--no-open` */
  readonly open: boolean;
  readonly account: boolean;
  readonly warm: boolean;
  readonly json: boolean;
  readonly scale: number;
  readonly seed: number;
}

interface DemoRun {
  readonly world: Loopback;
  readonly watch: Watch;
  readonly options: Options;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions<Options>(command(), args);
  if (typeof options === 'number') return options;
  if (options.account) return serveAccount();
  const other = options.stay ? await otherWorld() : null;
  if (other !== null) {
    complain(other);
    return 1;
  }
  const left = leaving();
  try {
    return await open(options, left.signal);
  } finally {
    left.end();
  }
}

/** Brings the world up, and plays in it. */
async function open(options: Options, signal: AbortSignal): Promise<number> {
  const read = readRunnersYaml(join(ROOT, 'simulator', 'runners.yaml'));
  if (read === null) return 1;
  const config = options.warm ? withPools(read) : read;
  const { isAscii, width } = screenNow();
  const write = (text: string) => {
    const lines = width === null ? text : fitted(text, width);
    process.stdout.write(`${isAscii ? inAscii(lines) : lines}\n`);
  };
  const say = options.json ? () => undefined : write;

  say('Building the functions, and starting GitHub and Alibaba Cloud on 127.0.0.1 …');
  const bundles = join(STATE, 'start');
  await makeBundles(config, bundles);
  const watch = new Watch();
  const world = await openLoopback({
    ...{ scale: options.scale, seed: options.seed },
    bundles,
    deployment: config.name,
    placements: config.placements,
    onLine: (_, line) => watch.read(line),
  });
  try {
    say(
      `Simulated time runs ${options.scale} times as fast: boots, jobs and timers are that much shorter.\n`,
    );
    createDemoOrganization(world.github, config.name);
    await mirrorRunner(world, config.name);
    await readMarket(config, world);
    const run = { world, watch, options, say, signal };
    if (signal.aborted) return interrupted([], say);
    return options.stay ? await playAndStay(run) : await play(run);
  } finally {
    await world.close();
  }
}

function command(): Command {
  return new Command('npm start --')
    .description(
      'Plays a workflow run of a dozen jobs against simulated services, with the functions as they are deployed.',
    )
    .option('--stay', 'keep serving afterwards, for npm run job, list, explain and retire', false)
    .option('--no-open', 'with --stay: do not open the dashboard in a browser')
    .option('--account', 'serve an empty account and organisation instead, to try an install on', false)
    .option('--warm', 'with a few runners that wait for jobs', false)
    .option('--json', 'the result as JSON, and nothing else', false)
    .option('--scale <times>', 'how much faster than real time', wholeNumber, 10)
    .option('--seed <number>', 'which world is drawn', wholeNumber, 1)
    .addHelpText(
      'after',
      '\nExamples:\n  npm start\n  npm start -- --stay\n  npm start -- --warm\n  npm start -- --account\n  npm start -- --json --seed 7',
    );
}

async function play(run: DemoRun): Promise<number> {
  const { world, watch, options, say, signal } = run;
  if (options.warm) await untilReady(world, say, signal);
  const jobs = world.github.jobsOf(queueDemoRun(world.github));
  const look = () => jobs.map((job) => watch.progressOf(job, world));
  const display = isLive(options) ? terminalDisplay(look()) : plainDisplay(say);
  const isDone = await follow(look, display, world.clock, signal);
  await display.end();
  if (signal.aborted) return interrupted(jobs, say);

  const left = isDone ? await settled(world, signal) : await leftovers(world);
  return told(jobs, look(), left, run) ? 0 : 1;
}

/** The outcome, for people or scripts. Whether all is as it should be. */
function told(
  jobs: readonly SimJob[],
  seen: readonly JobProgress[],
  left: readonly string[],
  { world, options, say, signal }: DemoRun,
): boolean {
  const { scale, seed, json, stay } = options;
  const nowMs = world.clock.nowMs();
  const rows = seen.map((each) => toRow(each, nowMs, scale));
  const ok = left.length === 0 && rows.every(({ conclusion }) => conclusion === 'success');
  if (json) process.stdout.write(`${JSON.stringify({ scale, seed, jobs: rows, left, ok }, null, 2)}\n`);
  const warm = options.warm ? warmLine(seen, world.ecs.paid(), nowMs) : null;
  say(endOf({ rows, left, warm }, screenNow()));
  const build = jobs.find(({ plan }) => plan.name === 'build')?.id ?? 0;
  if (stay && !signal.aborted) say(whatToTry(build, commitsOf(world)));
  return ok;
}

const isLive = ({ json }: Options): boolean => !json && canDraw(screenNow(), process.stdout.columns);

function interrupted(jobs: readonly SimJob[], say: (line: string) => void): number {
  say(interruptedBy(jobs));
  return LEFT;
}

/** The simulated GitHub's own page. */
const commitsOf = (world: Loopback): string => `${world.environment().GITHUB_API}/${REPOSITORY}/commits`;

/** Other commands, and the dashboard, see the world from the first job on. */
async function playAndStay(run: DemoRun): Promise<number> {
  const { world, options, say, signal } = run;
  const endpoint = await openLocalEndpoint(world.github, () => foundOf(world));
  const dashboard = options.json ? null : await startDashboard(options, signal);
  if (dashboard !== null) say(`${dashboard.said}\n`);
  try {
    const code = await play(run);
    if (signal.aborted) return code;
    if (dashboard !== null) say(dashboard.said);
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    return 0;
  } finally {
    await dashboard?.close();
    await endpoint.close();
  }
}
