/** Changes of a page, as server-sent events: the sections that are not as they were sent last. */

import { sectionsOf } from './layout.ts';
import type { Looks } from './looks.ts';
import type { Say } from './say.ts';
import type { Page } from './views/all.ts';
import type { Ask, DashboardWorld } from './world.ts';

export interface Stream {
  /** One event. */
  readonly send: (data: string) => void;
  readonly isOpen: () => boolean;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface Viewer {
  readonly page: Page;
  readonly ask: Ask;
  readonly say: Say;
}

const TICK_MS = 1_000;
/** Something is sent so often, so that a connection that broke is noticed. */
const SILENT_TICKS_MAX = 15;

/** Until the viewer goes. An event is `[[id, html or null], …]`: every section in its order, null as it was. */
export async function follow(
  viewer: Viewer,
  looks: Looks,
  world: DashboardWorld,
  stream: Stream,
): Promise<void> {
  const { page, ask, say } = viewer;
  const sent = new Map<string, string>();
  let version = -1;
  let silent = 0;
  while (stream.isOpen()) {
    const look = await looks.current(page, ask);
    silent += 1;
    if (look.version !== version || silent > SILENT_TICKS_MAX) {
      const sections = sectionsOf(page, look, ask, say, world);
      const changed = sections.map(({ id, html: { text } }) => [id, sent.get(id) === text ? null : text]);
      for (const { id, html } of sections) sent.set(id, html.text);
      version = look.version;
      silent = 0;
      stream.send(JSON.stringify(changed));
    }
    await stream.sleep(TICK_MS);
  }
}
