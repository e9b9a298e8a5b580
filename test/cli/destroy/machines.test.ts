/** Machines of others in a network that a destroy would remove. */
import { expect, test } from 'vitest';
import { ledgerOf } from '../../../cli/destroy/busy.ts';
import { MINUTE_MS, open } from '../../functions/fixture.ts';
import { addStranger } from '../../world/strangers.ts';

test('each is named, whatever its tags, and those of other networks are not', async () => {
  const { world } = await open();
  const id = addStranger(world.ecs.call, { name: 'prod-database', taggedAs: 'anything' });
  await world.pass(10 * MINUTE_MS);
  const { callEcs: call, pause, ledger, config } = world.adapters();
  const ecs = { call, pause, deployment: config.name };
  const { machinesIn } = ledgerOf(
    async () => ledger,
    ecs,
    () => world.clock.nowMs(),
  );
  let found: unknown;
  const looking = Promise.all(['vpc-cn-hangzhou', 'vpc-other'].map((vpc) => machinesIn('cn-hangzhou', vpc)));
  void looking.then((names) => {
    found = names;
  });
  await world.until(() => found !== undefined, MINUTE_MS);
  expect(await looking).toEqual([[`${id} (prod-database)`], []]);
  world.fc.close();
});
