/** A download that has come to a halt is at its end: without this it would hold its function until the time is over. */
import type { Readable } from 'node:stream';
import { STALLED_MAX_MS } from '../../runner/limits.ts';

/** What `source` gives. Throws when no byte came for STALLED_MAX_MS. */
export async function* withoutStalls(source: Readable): AsyncGenerator<Uint8Array> {
  const because = new Error(`no byte came for ${STALLED_MAX_MS / 1000} s`);
  const timer = setTimeout(() => source.destroy(because), STALLED_MAX_MS);
  try {
    for await (const chunk of source) {
      yield chunk;
      timer.refresh();
    }
  } finally {
    clearTimeout(timer);
    source.destroy();
  }
}
