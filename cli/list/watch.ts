/** What is alive, redrawn in place until somebody has seen enough. */
import { formatDuration, formatPrice } from '../../shared/story/format.ts';
import { plainData, plainText } from '../../shared/story/outside-text.ts';
import type { Translate } from '../../shared/words/translate.ts';
import { formatTime } from '../shared/format.ts';
import { fitted } from '../shared/screen/cut.ts';
import { inAscii, type Screen } from '../shared/screen/screen.ts';
import type { LiveState } from './live-state.ts';
import { renderList } from './table.ts';

export interface WatchWorld {
  readonly read: () => Promise<LiveState>;
  readonly write: (text: string) => void;
  /** Lines of the terminal, which changes with its window. */
  readonly rows: () => number;
  readonly screen: () => Screen;
  /** Into the reader's language. */
  readonly say?: Translate;
  readonly nowMs: () => number;
  readonly isOver: () => boolean;
  /** Also ends when it is over. */
  readonly sleep: (ms: number) => Promise<void>;
}

const EVERY_MS = 2_000;
const FAILURE_MAX_CHARS = 300;
/** xterm's control sequences: a screen of its own, no cursor, no wrapping of long lines; and back. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';

/** The terminal is as it was before, however it ends. */
export async function watch(world: WatchWorld): Promise<void> {
  let state: LiveState | null = null;
  world.write(ENTER);
  try {
    while (!world.isOver()) {
      const read = await world.read().catch(reasonOf);
      const failure = typeof read === 'string' ? read : null;
      state = typeof read === 'string' ? state : plainData(read);
      world.write(frameOf(linesOf(state, failure, world), world.rows()));
      await world.sleep(EVERY_MS);
    }
  } finally {
    world.write(LEAVE);
  }
}

const reasonOf = (error: unknown): string =>
  plainText(error instanceof Error ? error.message : 'no reason given', FAILURE_MAX_CHARS);

function linesOf(state: LiveState | null, failure: string | null, world: WatchWorld): string[] {
  const nowMs = world.nowMs();
  const failed =
    failure === null
      ? []
      : [
          `${formatTime(nowMs, nowMs)}: could not be read: ${failure}. ${state === null ? 'It is tried again; look: npm run doctor' : `What follows is from ${formatTime(state.atMs, nowMs)}.`}`,
        ];
  if (state === null) return failed;
  const screen = world.screen();
  const list = renderList(state, screen, world.say);
  const all = [...failed, summaryOf(state, nowMs), '', list].join('\n');
  // The terminal wraps nothing while we draw.
  const lines = (screen.width === null ? all : fitted(all, screen.width)).split('\n');
  return screen.isAscii ? lines.map(inAscii) : lines;
}

/** One line: what a person looks for first. */
export function summaryOf(
  { atMs, slots, jobs, runners, sweptAtMs, currency }: LiveState,
  nowMs: number,
): string {
  const priced = runners.filter(({ instance }) => instance !== null);
  const spend = priced.reduce((sum, { pricePerHour }) => sum + (pricePerHour ?? 0), 0);
  const unknown = priced.filter(({ pricePerHour }) => pricePerHour === null).length;
  const swept = sweptAtMs === null ? 'no sweep yet' : `last sweep ${formatDuration(atMs - sweptAtMs)} ago`;
  return [
    formatTime(atMs, nowMs),
    `${slots.taken} of ${slots.limit} slots`,
    `${jobs.length} waiting`,
    `${formatPrice(spend, currency)} an hour${unknown === 0 ? '' : `, and ${unknown} of unknown price`}`,
    swept,
    'Ctrl-C ends',
  ].join(' · ');
}

/** What was there is overwritten, not cleared: nothing flickers. What does not fit is counted. */
export function frameOf(lines: readonly string[], rows: number): string {
  const room = Math.max(1, rows - 1);
  const isCut = lines.length > room;
  const shown = isCut ? [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more lines`] : lines;
  return `\u001b[H${shown.map((line) => `${line}\u001b[0m\u001b[K`).join('\r\n')}\u001b[J`;
}
