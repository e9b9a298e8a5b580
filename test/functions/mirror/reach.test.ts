/** The ways from a region, measured by its mirror: bounded, read-only, and silence is told from a refusal. */
import { expect, test } from 'vitest';
import { reach } from '../../../functions/mirror/reach.ts';
import type { MirrorWorld } from '../../../functions/mirror/world.ts';
import { REACH_MAX_BYTES, ReachOrder } from '../../../shared/runner/kept/reach.ts';

const MIB = 1024 * 1024;

test('of each place some is read, and how soon and how fast it came is told', async () => {
  let nowMs = 0;
  let read = 0;
  async function* endless() {
    for (;;) {
      nowMs += 100;
      read += MIB;
      yield new Uint8Array(MIB);
    }
  }
  const world = {
    clock: { nowMs: () => nowMs },
    fetchFile: async (url: string) => {
      nowMs += 50;
      if (url.includes('closed')) throw new Error('the archive cannot be downloaded: closed answered 403');
      if (url.includes('silent')) throw new Error('connect ETIMEDOUT');
      return endless();
    },
    bucket: { open: async () => null },
  } as unknown as MirrorWorld;
  const asked = async (name: string, key: string | null = null) => {
    const { reached } = await reach({ kind: 'reach', places: { [name]: `https://${name}/` }, key }, world);
    return reached;
  };
  expect(await asked('web')).toEqual({ web: { status: 200, firstByteMs: 50, bytesPerSecond: 9_320_676 } });
  expect(read).toBe(REACH_MAX_BYTES);
  expect(await asked('closed')).toEqual({ closed: { status: 403, firstByteMs: 50, bytesPerSecond: null } });
  expect(await asked('silent')).toEqual({ silent: { status: null, firstByteMs: 50, bytesPerSecond: null } });
  expect((await asked('web', 'actions-runner/x.tar.gz')).bucket).toMatchObject({ status: 404 });
});

// biome-ignore format: a table reads best as a table.
test.each<[string, object]>([
  ['more places than there are', { kind: 'reach', places: Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`p${'x'.repeat(at + 1)}`, 'https://x/'])), key: null }],
  ['an address of a file', { kind: 'reach', places: { web: 'file:///etc/passwd' }, key: null }],
  ['a name that is none', { kind: 'reach', places: { 'a b': 'https://x/' }, key: null }],
])('an order with %s is refused', (_what, order) => {
  expect(ReachOrder.safeParse(order).success).toBe(false);
});
