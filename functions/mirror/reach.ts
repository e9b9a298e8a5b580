/** Measures how GitHub, the package mirrors and this region's bucket are reached from here: reads some of each, writes nothing. */
import {
  REACH_MAX_BYTES,
  REACH_MAX_S,
  type ReachAnswer,
  type ReachOrder,
} from '../../shared/runner/kept/reach.ts';
import type { MirrorWorld } from './world.ts';

type Reached = ReachAnswer['reached'][string];
type Open = () => Promise<AsyncIterable<Uint8Array> | null>;

export async function reach({ places, key }: ReachOrder, world: MirrorWorld): Promise<ReachAnswer> {
  const { bucket, fetchFile } = world;
  const opens: [string, Open][] = Object.entries(places).map(([name, url]) => [
    name,
    () => fetchFile(url, REACH_MAX_S * 1000),
  ]);
  if (key !== null && bucket !== null) opens.push(['bucket', () => bucket.open(key, 0)]);
  const reached = await Promise.all(
    opens.map(async ([name, open]) => [name, await measure(open, world)] as const),
  );
  return { reached: Object.fromEntries(reached) };
}

async function measure(open: Open, { clock }: MirrorWorld): Promise<Reached> {
  const beganMs = clock.nowMs();
  try {
    const chunks = await open();
    const firstByteMs = clock.nowMs() - beganMs;
    if (chunks === null) return { status: 404, firstByteMs, bytesPerSecond: null };
    const bytes = await readSome(chunks);
    const tookMs = Math.max(1, clock.nowMs() - beganMs);
    return { status: 200, firstByteMs, bytesPerSecond: Math.round((bytes * 1000) / tookMs) };
  } catch (error) {
    return { status: statusIn(error), firstByteMs: clock.nowMs() - beganMs, bytesPerSecond: null };
  }
}

async function readSome(chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes >= REACH_MAX_BYTES) break;
  }
  return bytes;
}

/** In the words of shared/adapters/github/download.ts; null: it said nothing. */
function statusIn(error: unknown): number | null {
  const [, status] = / answered (\d{3})$/.exec(error instanceof Error ? error.message : '') ?? [];
  return status === undefined ? null : Number(status);
}
