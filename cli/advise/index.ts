/** `npm run advise`: what a job would be given, and why, before trusting us with it. */
import { existsSync } from 'node:fs';
import { type EcsCall, ecsAddress, ecsCall } from '../../shared/adapters/ecs/call.ts';
import { ecsMarket } from '../../shared/adapters/ecs/market.ts';
import type { Config } from '../../shared/config/config.ts';
import { alibaba, operatorKey } from '../shared/alibaba.ts';
import { readDotEnv } from '../shared/dot-env.ts';
import { operatorLedger } from '../shared/ledger.ts';
import { type Operator, openOperator, withOperator } from '../shared/operator.ts';
import { FOLDER } from '../shared/package/places.ts';
import { RUNNERS_YAML, readRunnersYaml } from '../shared/runners-yaml.ts';
import { type Screen, screenNow } from '../shared/screen/screen.ts';
import { complain, laidOut, type Shown, shownText } from '../shared/screen/show.ts';
import { isSimulated } from '../shared/simulator-file.ts';
import { adviceForJob, type LookWorld, listing } from './look.ts';
import { type AdviseOptions, parseOptions, UsageError } from './options.ts';
import { type Advice, table } from './table.ts';
import { warmText } from './warm/text.ts';
import { adviseWarm } from './warm/warm.ts';

/** Where the words go, whether there are eyes, and what time it is. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly screen: Screen;
  readonly nowMs: () => number;
}

export function main(args: readonly string[]): Promise<number> {
  return advise(args, {
    out: (text) => void process.stdout.write(text),
    err: (text) => complain(text.trimEnd()),
    screen: screenNow(),
    nowMs: Date.now,
  });
}

/** Exit code 0, 1 when the market could not be had, 2 for bad input. */
export async function advise(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const options = parseOptions(args, (text) => terminal.out(laidOut(text, terminal.screen)));
    if (options === null) return 0;
    if (options.warm) return await withOperator((operator) => tellWarm(operator, options, terminal));
    const advice = await adviceFor(options, terminal);
    show(advice, options, terminal);
    return 0;
  } catch (error) {
    terminal.err(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function adviceFor(options: AdviseOptions, terminal: Terminal): Promise<Advice> {
  const { config, call, nowMs, lately } = isServed(options)
    ? await servedSource(options)
    : await ownSource(options, terminal.nowMs);
  const spotDuration = config?.spot.duration ?? 1;
  const world: LookWorld = { source: ecsMarket({ call, clock: { nowMs }, spotDuration }), nowMs, lately };
  if (config === null) return listing(options, options.region ?? 'cn-hangzhou', world);
  return adviceForJob(options, config, world);
}

/** Whose market is asked. Config null: not for a job. */
interface Source {
  readonly config: Config | null;
  readonly call: EcsCall;
  readonly nowMs: () => number;
  readonly lately: NonNullable<LookWorld['lately']>;
}

/** The world of `npm start -- --stay`, which list and explain look at, too; a file that is named is of another. */
const isServed = ({ simulate, config }: AdviseOptions): boolean =>
  !simulate && config === null && isSimulated();

async function servedSource({ labels, region }: AdviseOptions): Promise<Source> {
  const operator = await openOperator();
  if (operator === null) throw new UsageError('The simulated world cannot be looked at: start it anew.');
  const config = labels === null ? null : inRegion(operator.config, region);
  const nowMs = () => operator.clock.nowMs();
  const lately = () => operator.ledger.unavailable.list(nowMs());
  return { config, call: operator.callEcs, nowMs, lately };
}

async function ownSource(options: AdviseOptions, nowMs: () => number): Promise<Source> {
  // A third of what this command would load: only for who asks for it.
  const simulated = options.simulate ? await import('./simulated.ts') : null;
  const config = options.labels === null ? null : configFor(options, simulated?.simulatedConfig);
  const call = simulated === null ? await realCall() : simulated.simulatedCall(nowMs());
  const lately = async () =>
    simulated !== null || config === null ? new Map<string, string>() : refusedLately(config, nowMs());
  return { config, call, nowMs, lately };
}

export async function tellWarm(
  operator: Operator,
  options: Pick<AdviseOptions, 'days' | 'timeZone' | 'json'>,
  terminal: Terminal,
): Promise<number> {
  const advice = await adviseWarm(operator, options.days, options.timeZone);
  tell(advice, { isJson: options.json, json: (all) => all, text: warmText }, terminal);
  return 0;
}

/** By the deployment's own ledger. */
async function refusedLately(config: Config, nowMs: number): Promise<ReadonlyMap<string, string>> {
  const { TABLESTORE_ENDPOINT, ALIBABA_ENDPOINT } = { ...readDotEnv(FOLDER), ...process.env };
  const ledger = await operatorLedger(config, alibaba(operatorKey, ALIBABA_ENDPOINT), TABLESTORE_ENDPOINT);
  return ledger.unavailable.list(nowMs);
}

/** The one place where advice leaves. */
function tell<Data>(data: Data, how: Shown<Data>, { out, screen }: Terminal): void {
  out(`${shownText(data, how, screen).trimEnd()}\n`);
}

/** `simulated`: for who has no runners.yaml yet; undefined: advice is to be of the real one. */
function configFor({ config: path, region }: AdviseOptions, simulated: (() => Config) | undefined): Config {
  const isMadeUp = path === null && !existsSync(RUNNERS_YAML);
  const config = isMadeUp && simulated ? simulated() : readRunnersYaml(path ?? RUNNERS_YAML);
  if (config === null) throw new UsageError('Fix it, name another with --config FILE, or say --simulate.');
  return inRegion(config, region);
}

/** Of the placements, those in the region that was named. */
function inRegion(config: Config, region: string | null): Config {
  if (region === null) return config;
  const placements = config.placements.filter((placement) => placement.region === region);
  if (placements.length > 0) return { ...config, placements };
  const known = config.placements.map((placement) => placement.region).join(', ');
  throw new UsageError(
    `there is no vSwitch in ${region}: add it under placements in runners.yaml with its zones, or take one of ${known}`,
  );
}

async function realCall(): Promise<EcsCall> {
  try {
    await operatorKey();
  } catch (error) {
    if (!(error instanceof Error && error.name === 'NoCredentials')) throw error;
    throw new Error(
      'no credentials of Alibaba Cloud: set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or say --simulate',
    );
  }
  return ecsCall({ credentials: operatorKey, ...ecsAddress(process.env.ECS_ENDPOINT) });
}

function show(advice: Advice, { json, cutoff }: AdviseOptions, terminal: Terminal): void {
  const text = (plain: Advice, screen: Screen) => table(plain, { screen, cutoff });
  tell(advice, { isJson: json, json: ({ rows }) => rows, text }, terminal);
  if (!json) return;
  // Beside the JSON, so that scripts read an array of rows and nothing else.
  for (const { what, because } of advice.leftOut) terminal.err(`left out: ${what} because ${because}\n`);
  for (const note of advice.notes) terminal.err(`note: ${note}\n`);
}
