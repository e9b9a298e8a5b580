/** A world whose arm64 image bakes itself. */
import { expect } from 'vitest';
import { amendImageNote, type ImageNote, readImageNote } from '../../shared/runner/images/image-note.ts';
import type { World } from '../world/in-process.ts';
import { isOver, MINUTE_MS, type Opened, open, queue, rowOf } from './fixture.ts';

const BAKED = { arm64: { family: 'acs:ubuntu_24_04_arm64', bake: true } };
export const opened = (config: object = {}): Promise<Opened> =>
  open({ config: { images: BAKED, ...config } });

export const noteOf = (world: World): Promise<ImageNote> => readImageNote('arm64', world.adapters().ledger);
export const statesOf = async (world: World) => (await noteOf(world)).images.map(({ state }) => state);

/** As `npm run image -- bake` asks for it. */
export async function bakeNow(world: World): Promise<void> {
  await amendImageNote('arm64', (note) => ({ ...note, isAsked: true }), world.adapters().ledger);
  await world.pass(30 * MINUTE_MS);
}

/** Jobs one after the other, each until it is over; the images that their machines were made from, null for stock. */
export async function run(world: World, jobs: number): Promise<(string | null)[]> {
  const made: (string | null)[] = [];
  for (let at = 0; at < jobs; at++) {
    const [job] = queue(world);
    expect(await world.until(() => isOver(job), 40 * MINUTE_MS)).toBe(true);
    await world.pass(3 * MINUTE_MS);
    made.push((await rowOf(world, job))?.image ?? null);
  }
  return made;
}
