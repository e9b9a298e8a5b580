/** Asks the reaper for the copies of the runner and of tools, and shows how they get on. */
import type { ReleaseReport } from '../../functions/reaper/rounds/release/check-release.ts';
import type { FcAnswer } from '../../shared/adapters/function-compute/invocation.ts';
import { FcRefusal } from '../../shared/adapters/function-compute/queue.ts';
import type { Copies } from '../../shared/runner/copies.ts';

export interface MirrorWorld {
  readonly ask: (what: 'copy' | 'look') => Promise<ReleaseReport>;
  readonly say: (line: string) => void;
  readonly sleep: (ms: number) => Promise<void>;
  readonly nowMs: () => number;
}

const LOOK_MS = 5_000;
/** The copies go on by themselves; nobody has to watch them. */
const FOLLOWED_MAX_MS = 60 * 60_000;

/** 0: each region that wants a copy has one. 1: not yet; what was said last says why. */
export async function follow(world: MirrorWorld): Promise<number> {
  const { ask, say, sleep, nowMs } = world;
  const untilMs = nowMs() + FOLLOWED_MAX_MS;
  const shown = new Map<string, string>();
  let report = await ask('copy');
  show(report, shown, say);
  while (report.word === 'copying' || report.word === 'kept' || isOnItsWay(report)) {
    if (nowMs() > untilMs) {
      say('This takes long. The copies go on by themselves; npm run doctor tells how far they are.');
      return 1;
    }
    await sleep(LOOK_MS);
    report = await ask('look');
    show(report, shown, say);
  }
  if (report.word === 'fresh') say(`Machines install the runner ${report.version}.`);
  else say('GitHub cannot be asked at this moment: its calls are used up. Try again in some minutes.');
  return report.word === 'fresh' ? 0 : 1;
}

/** Tools; machines need not wait for them. */
const isOnItsWay = ({ word, copies }: ReleaseReport): boolean =>
  word === 'fresh' && Object.values(copies?.regions ?? {}).some(({ tools }) => tools?.isDue === true);

function show({ copies }: ReleaseReport, shown: Map<string, string>, say: MirrorWorld['say']): void {
  for (const [of, line] of [...linesOf(copies), ...toolLinesOf(copies)]) {
    if (shown.get(of) !== line) say(line);
    shown.set(of, line);
  }
}

/** What the reaper answered. Throws when it was not reached, or failed. */
export function reportIn(functionName: string, answer: FcAnswer): ReleaseReport {
  const said = (answer.body ?? {}) as Partial<ReleaseReport> & { readonly errorMessage?: unknown };
  if (said.word !== undefined) return said as ReleaseReport;
  if (answer.status >= 400) throw new FcRefusal(functionName, answer);
  throw new Error(
    `${functionName} failed: ${said.errorMessage ?? `it answered ${answer.status}, and nothing`}`,
  );
}

const BAR_CHARS = 20;

/** One for each region, in twentieths: so a line changes, and is said, at most twenty times. */
function linesOf(copies: Copies | null): readonly (readonly [region: string, line: string])[] {
  return Object.entries(copies?.regions ?? {}).map(
    ([region, { isWhole, copiedBytes, sizeBytes, because }]) => {
      const done = sizeBytes === 0 ? 0 : Math.floor((copiedBytes / sizeBytes) * BAR_CHARS);
      const bar = `${'#'.repeat(done)}${'.'.repeat(BAR_CHARS - done)}`;
      const what = isWhole
        ? `has ${copies?.version}`
        : because === null
          ? 'is copying'
          : `last ended: ${because}`;
      return [region, `${region.padEnd(16)} [${bar}] ${what}`];
    },
  );
}

/** What is not to be had at all, a setup action finds elsewhere. */
function toolLinesOf(copies: Copies | null): readonly (readonly [of: string, line: string])[] {
  return Object.entries(copies?.regions ?? {}).flatMap(([region, { tools }]) => {
    if (tools === undefined) return [];
    return [[`${region} tools`, `${region.padEnd(16)} tools: ${toolWords(tools).join('; ')}`]];
  });
}

function toolWords({ list, isDue, because }: NonNullable<Copies['regions'][string]['tools']>): string[] {
  const words = isDue ? [because === null ? 'is copying' : `last ended: ${because}`] : [];
  if (list === null) return words;
  const missing = list.missing.length === 0 ? [] : [`not to be had: ${list.missing.join(', ')}`];
  return [`has ${list.has.join(', ')}`, ...missing, ...words];
}
