/** An image that its placement refuses: told as that, not as a lack of stock, and in the way of no other image. */
import { expect, test } from 'vitest';
import type { Image } from '../../../simulator/ecs/region/network.ts';
import { configOf, type World } from '../../world/in-process.ts';
import { isOver, MINUTE_MS, open, queue } from '../fixture.ts';

const REGION = 'cn-hangzhou';

/** The arm64 family's newest image is another from now on. */
function release(world: World, facts: Partial<Image>): void {
  const { images } = world.ecs.region(REGION).network;
  const stock = images.find(({ family }) => family === 'acs:ubuntu_24_04_arm64') as Image;
  images.push({ ...stock, id: 'newest-of-the-family', ...facts });
}
const becauseOf = async (world: World, { id }: { readonly id: number }) =>
  (await world.adapters().ledger.jobs.read(id as never))?.entry.because ?? '';
const attemptsIn = ({ lines }: World) => lines.filter((line) => line.includes('"event":"launch.attempted"'));

const withArm = (metadata: 'hardened' | 'any') => ({
  images: {
    amd64: { family: 'acs:ubuntu_24_04_x64' },
    arm64: { family: 'acs:ubuntu_24_04_arm64', metadata },
  },
});

test('an image without hardened-only metadata: one launch is refused, the job says why, the operator what to do', async () => {
  const { world, alerts } = await open();
  release(world, { imds: 'v1' });
  const [job] = queue(world);
  await world.pass(5 * MINUTE_MS);
  const because = await becauseOf(world, job);
  expect(because).toMatch(/takes no hardened-only metadata: images\.NAME\.metadata: any/);
  expect(because).not.toMatch(/available/);
  expect(alerts.filter((text) => text.includes('hardened-only'))).toEqual([
    expect.stringMatching(/^The image arm64 cannot be launched in cn-hangzhou \(InvalidHttpTokens/),
  ]);
  // Not each type in each zone, and not again each minute.
  expect(attemptsIn(world)).toHaveLength(1);

  const [other] = queue(world, { labels: ['self-hosted', 'aliyun', 'amd64'] });
  expect(await world.until(() => isOver(other), 10 * MINUTE_MS)).toBe(true);

  world.state.config = configOf(withArm('any'));
  expect(await world.until(() => isOver(job), 10 * MINUTE_MS)).toBe(true);
});

test('with metadata: any such an image is launched, and so is one whose cloud-init knows no tokens', async () => {
  const { world } = await open({ config: withArm('any') });
  release(world, { imds: 'v1', knowsTokens: false });
  const [job] = queue(world);
  expect(await world.until(() => isOver(job), 10 * MINUTE_MS)).toBe(true);
});

test('an account that encrypts its disks by default launches with a key, and says so without one', async () => {
  const { world, alerts } = await open();
  Object.assign(world.ecs.region(REGION).network.encryption, { isRequired: true });
  const [job] = queue(world);
  await world.pass(3 * MINUTE_MS);
  expect(await becauseOf(world, job)).toMatch(/encrypted.*defaults\.diskEncryption/);
  expect(alerts.join()).toMatch(/cn-hangzhou \(InvalidEncrypted\.NotMatch\S+\): .*diskEncryption to default/);
  world.state.config = configOf({ defaults: { diskEncryption: 'default' } });
  expect(await world.until(() => isOver(job), 45 * MINUTE_MS)).toBe(true);
});
