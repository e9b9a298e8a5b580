/** Asks the reaper for the runner's copies, and shows how they get on. */
import type { ReleaseReport } from '../../functions/reaper/rounds/release/check-release.ts';
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
  while (report.word === 'copying' || report.word === 'kept') {
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

function show({ copies }: ReleaseReport, shown: Map<string, string>, say: MirrorWorld['say']): void {
  for (const [region, line] of linesOf(copies)) {
    if (shown.get(region) !== line) say(line);
    shown.set(region, line);
  }
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
