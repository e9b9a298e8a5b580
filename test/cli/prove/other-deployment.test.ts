/** A folder with two deployments: what a run of one left is not looked for under the name of the other. */
import { expect, test } from 'vitest';
import { clean } from '../../../cli/prove/clean.ts';
import { CONFIG, openCloud } from './cloud.ts';

test('what another deployment’s interrupted run left is not called gone, and is still known', async () => {
  const cloud = openCloud({ boot: { staysUp: true } });
  await cloud.prove({ atCall: 40, when: 'after' });
  const alive = () => cloud.ecs.alive().map(({ name }) => name);
  const [left, intention] = [alive(), cloud.intention()];
  expect(left.length).toBeGreaterThan(0);
  const other = { ...cloud.world(), config: { ...CONFIG, name: 'cd' } };
  await expect(cloud.passing(clean(other))).rejects.toThrow(
    /^an interrupted run of \S+ may have left something, and this is cd:/,
  );
  expect([alive(), cloud.intention()]).toEqual([left, intention]);
  await cloud.passing(clean(cloud.world()));
  expect([alive(), cloud.intention()]).toEqual([[], null]);
});
