/** What was last read for each page: shared by its viewers, kept when the ledger is out of reach. */

import { type Page, VIEWS } from './views/all.ts';
import type { Ask, DashboardWorld, View } from './world.ts';

export interface Look {
  /** Undefined: nothing was read yet. */
  readonly data: unknown;
  /** By the world's clock. */
  readonly readAtMs: number | null;
  /** What the last reading threw; null: it went well. */
  readonly failure: string | null;
  /** Rises with each reading. */
  readonly version: number;
}

interface Kept {
  look: Look;
  doneMs: number;
  going: Promise<Look> | null;
}

const NOTHING: Look = { data: undefined, readAtMs: null, failure: null, version: 0 };
/** What failed is read again after this. */
const FAILED_MS = 5_000;
const KEPT_MAX = 40;

/** `passedMs`: real time, from any beginning; the world's may run faster. */
export class Looks {
  readonly #kept = new Map<string, Kept>();
  readonly #world: DashboardWorld;
  readonly #passedMs: () => number;

  constructor(world: DashboardWorld, passedMs: () => number) {
    this.#world = world;
    this.#passedMs = passedMs;
  }

  /** What is known, at once. */
  peek(page: Page, ask: Ask): Look {
    return this.#of(page, ask).look;
  }

  /** Reads again what is too old; whoever asks meanwhile gets the same. Never throws. */
  async current(page: Page, ask: Ask, isForced = false): Promise<Look> {
    const kept = this.#of(page, ask);
    if (kept.going !== null) return kept.going;
    if (!isForced && !this.#isOld(kept, VIEWS[page])) return kept.look;
    kept.going = this.#read(page, ask, kept.look).then((look) => {
      kept.look = look;
      kept.doneMs = this.#passedMs();
      kept.going = null;
      return look;
    });
    return kept.going;
  }

  #isOld({ look, doneMs }: Kept, view: View<unknown>): boolean {
    if (look.version === 0) return true;
    const keptMs = look.failure === null ? view.everyMs(look.data) : FAILED_MS;
    return keptMs !== null && this.#passedMs() - doneMs >= keptMs;
  }

  async #read(page: Page, ask: Ask, last: Look): Promise<Look> {
    const version = last.version + 1;
    try {
      const data = await VIEWS[page].read(ask, this.#world);
      return { data, readAtMs: this.#world.operator.clock.nowMs(), failure: null, version };
    } catch (error) {
      return { ...last, version, failure: error instanceof Error ? error.message : 'no reason given' };
    }
  }

  /** The one that nobody asked for longest goes first. */
  #of(page: Page, ask: Ask): Kept {
    const key = JSON.stringify([page, ask.job, ask.days]);
    const kept = this.#kept.get(key) ?? { look: NOTHING, doneMs: 0, going: null };
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
    return kept;
  }
}
