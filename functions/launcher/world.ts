/** What a launch needs of the world. */

import type { Config } from '../../shared/config/config.ts';
import { wantedTools } from '../../shared/config/tools.ts';
import { forkLookUp, type WhyForkRefused } from '../../shared/job/forks.ts';
import { decodeHours, HOURS_NOTE, type KnownHours } from '../../shared/job/hours.ts';
import { WIDTHS_KEPT_MS } from '../../shared/job/limits.ts';
import { decodeWidths, type KnownWidths, WIDTHS_NOTE } from '../../shared/job/matrix.ts';
import type { Ledger } from '../../shared/ledger/ledger.ts';
import { HOURS_KEPT_MS, RELEASE_KEPT_MS } from '../../shared/limits.ts';
import { MARKET_KEPT_MS } from '../../shared/market/limits.ts';
import type { Market } from '../../shared/market/market.ts';
import { readMarkets } from '../../shared/market/read.ts';
import { memoize, whileUnderWay } from '../../shared/memoize.ts';
import type { DueEvent, JobEvent, RunnerName } from '../../shared/nouns.ts';
import type { Alerts, Clock, GitHub, Instances, Log } from '../../shared/ports.ts';
import type { LearnedLimits } from '../../shared/quota/learned-limits.ts';
import { readLimits } from '../../shared/quota/note.ts';
import { type Quotas, quotasIn } from '../../shared/quota/quotas.ts';
import { ACTIONS_NOTE, parseKeptActions } from '../../shared/runner/copies.ts';
import { parseKeptTools, TOOLS_NOTE } from '../../shared/runner/kept/tools.ts';
import { parseRunnerRelease, RUNNER_RELEASE_NOTE } from '../../shared/runner/release.ts';
import { type UserDataScripts, userData } from '../../shared/runner/user-data.ts';
import { readCreated } from '../../shared/warm/created.ts';
import { CREATED_KEPT_MS } from '../../shared/warm/limits.ts';
import { readSpare } from '../../shared/warm/spare.ts';
import { type Boot, bootValues, type Installed } from './boot.ts';

export type LaunchEvent = Extract<JobEvent, { kind: 'queued' }> | DueEvent;

export interface LauncherWorld {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly github: Pick<GitHub, 'job' | 'mint' | 'removeRunner'>;
  /** Of a run that it was asked about before, without a call. */
  readonly whyForkRefused: WhyForkRefused;
  readonly instances: Pick<Instances, 'run' | 'start' | 'setUserData'>;
  /** The last snapshots, by region; null where there is none. Kept for a moment between launches. */
  readonly markets: () => Promise<ReadonlyMap<string, Market | null>>;
  /** What was learned of the account's quotas; whoever asks while the answer is on its way gets the same. */
  readonly limits: () => Promise<LearnedLimits>;
  /** The same, with what of ours is alive under them. */
  readonly quotas: () => Promise<Quotas>;
  /** What could not be had just now, by its keys, with why. */
  readonly unavailable: () => Promise<ReadonlyMap<string, string>>;
  /** How long jobs run, as the reaper last learned it. Kept for a while between launches. */
  readonly hours: () => Promise<KnownHours>;
  /** How many jobs of a matrix run at once, as the reaper saw it. Kept for a moment between launches. */
  readonly widths: () => Promise<KnownWidths>;
  /** What the mirror last wrote; null: it never ran. */
  readonly release: () => Promise<Installed | null>;
  /** Which runners may wait for jobs: any, where there are pools or a person asked for one; else those that a sweep saw. Kept for a moment between launches. */
  readonly waiting: () => Promise<'any' | readonly RunnerName[]>;
  readonly userData: (boot: Boot) => string;
  readonly alerts: Alerts;
}

export type Outcome =
  | { readonly kind: 'foreign' }
  | { readonly kind: 'refused'; readonly because: string }
  /** Somebody else has this job, or had it. */
  | { readonly kind: 'known' }
  | { readonly kind: 'ended' }
  /** Nothing was made, or all was undone; the job has a next try. */
  | { readonly kind: 'waits'; readonly because: string; readonly nextTryAtMs: number }
  | { readonly kind: 'booting'; readonly instanceId: string }
  /** Nothing was made: a runner that waited is for the job now. */
  | { readonly kind: 'warm'; readonly runner: RunnerName }
  /** The job ended meanwhile; what was made is undone, or left retiring. */
  | { readonly kind: 'unwanted' }
  /** An instance may exist: the sweep decides when the lease has ended. */
  | { readonly kind: 'unknown'; readonly because: string };

type Kept = ('limits' | 'quotas' | 'unavailable') | ('markets' | 'hours' | 'widths' | 'release' | 'waiting');

type LauncherAdapters = Omit<LauncherWorld, 'whyForkRefused' | 'github' | 'userData' | Kept> & {
  readonly github: Pick<GitHub, 'job' | 'mint' | 'removeRunner' | 'codeOf'>;
};

/** Adds what a warm launcher keeps for a moment. */
export function launcherWorld(adapters: LauncherAdapters, scripts: UserDataScripts): LauncherWorld {
  const { config, clock, ledger, log } = adapters;
  const readRelease = async () => {
    const [held, actions, tools] = await Promise.all([
      ledger.notes.read(RUNNER_RELEASE_NOTE),
      keeps(config, config.mirror.actions) ? ledger.notes.read(ACTIONS_NOTE) : null,
      keeps(config, wantedTools(config.mirror.tools)) ? ledger.notes.read(TOOLS_NOTE) : null,
    ]);
    const release = held === null ? null : parseRunnerRelease(held.entry.text);
    if (release === null) return null;
    return {
      ...release,
      actions: parseKeptActions(actions?.entry.text ?? '{}'),
      tools: parseKeptTools(tools?.entry.text ?? '{}'),
    };
  };
  const readHours = async () => decodeHours((await ledger.notes.read(HOURS_NOTE))?.entry.text ?? '{}');
  const readWidths = async () => decodeWidths((await ledger.notes.read(WIDTHS_NOTE))?.entry.text ?? '{}');
  const limits = whileUnderWay(() => readLimits(ledger));
  return {
    ...adapters,
    whyForkRefused: forkLookUp(config, adapters.github, 'mint'),
    limits,
    quotas: quotasIn(ledger, limits),
    unavailable: whileUnderWay(() => ledger.unavailable.list(clock.nowMs())),
    markets: memoize(() => readMarkets(config, ledger.market, log), MARKET_KEPT_MS, clock),
    hours: memoize(readHours, HOURS_KEPT_MS, clock),
    widths: memoize(readWidths, WIDTHS_KEPT_MS, clock),
    release: memoize(readRelease, RELEASE_KEPT_MS, clock),
    waiting: waitingIn(config, ledger, clock),
    userData: (boot) => userData(bootValues(boot, config), scripts),
  };
}

const keeps = ({ placements }: Config, wanted: readonly string[]): boolean =>
  wanted.length > 0 && placements.some(({ mirrorBucket }) => mirrorBucket !== null);

/** Those of pools are looked for at each launch; for the others two notes say until when there may be one, and which. */
function waitingIn({ warm }: Config, ledger: Ledger, clock: Clock): LauncherWorld['waiting'] {
  if (warm.length > 0) return async () => 'any';
  const noted = () => Promise.all([readCreated(ledger), readSpare(ledger, clock.nowMs())]);
  const kept = memoize(noted, CREATED_KEPT_MS, clock);
  return async () => {
    const [{ untilMs }, spare] = await kept();
    return clock.nowMs() < untilMs ? 'any' : spare;
  };
}
