/** An image that served well and breaks, over the whole system. */
import { describe, expect, test } from 'vitest';
import type { World } from '../world/in-process.ts';
import { isOver, MINUTE_MS, type Opened, queue, rowOf } from './fixture.ts';
import { bakeNow, noteOf, opened, run, statesOf } from './images-fixture.ts';

describe('an image that served well', () => {
  /** What is there of it breaks, by no deed of ours. */
  const breakNewest = (world: World, fault: 'broken' | 'silent') => {
    const all = world.ecs.region('cn-hangzhou').network.images;
    const at = all.findLastIndex(({ made }) => made !== undefined);
    all[at] = { ...(all[at] as (typeof all)[number]), fault };
  };
  async function withTwo(): Promise<Opened> {
    const here = await opened();
    await here.world.pass(40 * MINUTE_MS);
    await run(here.world, 3);
    await bakeNow(here.world);
    await run(here.world, 3);
    expect(await statesOf(here.world)).toEqual(['good', 'good']);
    return here;
  }

  test.each([
    ['broken', /2 runners of it in a row/],
    // Known with the next sweep: the second launch was begun in the one that ended the first.
    ['silent', /did not write one line/],
  ] as const)(
    'and breaks (%s) is put aside before a third launch, with an alert, while the one before serves',
    async (fault, why) => {
      const { world, alerts } = await withTwo();
      const [broken, good] = (await noteOf(world)).images;
      breakNewest(world, fault);
      const [job] = queue(world);
      expect(await world.until(() => isOver(job), 100 * MINUTE_MS)).toBe(true);
      await world.pass(3 * MINUTE_MS);
      const row = await rowOf(world, job);
      expect([row?.launches, row?.image]).toEqual([3, good?.name]);
      expect(alerts.filter((text) => text.includes(`${broken?.name} is put aside`))).toEqual([
        expect.stringMatching(why),
      ]);
      expect((await noteOf(world)).images.map(({ name, state }) => [name, state])).toEqual([
        [broken?.name, 'aside'],
        [good?.name, 'good'],
      ]);
    },
  );

  test('stays where machines do not boot now and then', async () => {
    const { world, alerts } = await withTwo();
    for (let round = 0; round < 3; round++) {
      breakNewest(world, 'broken');
      queue(world);
      const before = world.ecs.paid().length;
      await world.until(() => world.ecs.paid().length > before, 20 * MINUTE_MS);
      const all = world.ecs.region('cn-hangzhou').network.images;
      all.splice(0, all.length, ...all.map(({ fault: _, ...image }) => image));
      await world.pass(30 * MINUTE_MS);
    }
    expect(await statesOf(world)).toEqual(['good', 'good']);
    expect(alerts.filter((text) => text.includes('put aside'))).toEqual([]);
  });
});
