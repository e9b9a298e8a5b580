/** An image as Image Builder makes it: the real build on a stock machine, and a job on a machine of the result. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootOne, giveJob } from './boot-one.ts';
import { type Cloud, openCloud } from './cloud.ts';
import { bare, buildOf, off, stockWithout, tried } from './images.ts';

/** What an operator has in `images`, with what is done to a machine's own script. */
const SCRIPT = 'test "$(id -u)" = 0; echo baked >/etc/of-the-operator';
/** What a stock image lacks. */
const LACKS = 'jq zip';
const DOCKER = { docker: true } as const;

let cloud: Cloud;
/** Disks, the last one first: the stock image's, then the baked one's above it. */
let layers: readonly string[] = [];
let stock: readonly string[] = [];

beforeAll(async () => {
  cloud = await openCloud(() => 'id --user --name; jq --version; cat /etc/of-the-operator', {
    layers: () => layers,
  });
  stock = [await stockWithout(cloud, LACKS)];
  layers = stock;
});
afterAll(() => cloud.close());

test('a bake that fails leaves a machine that nobody takes: no network, a full disk, a script', async () => {
  const machine = await bare(cloud, 'failing');
  // Its patience is for a network that comes back: here it has five seconds.
  const hasty = `${buildOf(cloud, SCRIPT, DOCKER).trim().replace('gzip --decompress >', 'gzip --decompress | sed s/BOOT_SECONDS=1800/BOOT_SECONDS=65/ >')}`;
  const [offline, full, script] = [
    await tried(machine, `ip link set eth0 down; ${hasty}`),
    await tried(
      machine,
      `ip link set eth0 up; timeout 20 bash -c 'until curl --silent --output /dev/null http://10.213.0.1:8080; do sleep 0.3; done'; rm --recursive --force /opt/actions-runner*; mount -t tmpfs -o size=64k tmpfs /opt; dd if=/dev/zero of=/opt/full bs=1k count=44; ${hasty}`,
    ),
    await tried(machine, `umount /opt; ${buildOf(cloud, 'false; true', DOCKER)}`),
  ];
  expect(offline).toMatch(/status [1-9]\d*\s*$/);
  expect(full).toMatch(/No space left[\s\S]*status [1-9]\d*\s*$/);
  expect(script).toMatch(/status [1-9]\d*\s*$/);
  // None came as far as its end.
  expect((await machine.shell('cat /etc/machine-id')).trim()).toMatch(/^[0-9a-f]{32}$/);
  expect(machine.read('/var/log/user-data.log')).toMatch(/because=no_network[\s\S]*because=disk_is_full!/);
  await off(cloud, machine);
});

describe('the image', () => {
  let said = '';
  beforeAll(async () => {
    const machine = await bare(cloud, 'baking');
    said = await tried(machine, buildOf(cloud, SCRIPT, DOCKER));
    await off(cloud, machine);
    layers = [machine.disk, ...stock];
  });

  test('is made by the build, and its machines have no timers of apt’s', async () => {
    expect(said).toMatch(/status 0\s*$/);
    const look = await bare(cloud, 'looked-at');
    expect((await look.shell('systemctl is-enabled apt-daily.timer; true')).trim()).toBe('masked');
    await off(cloud, look);
  });

  test('runs a job, and asks the network for nothing before the runner’s own session', async () => {
    const from = cloud.asked.length;
    const one = await bootOne(cloud, DOCKER);
    const job = giveJob(cloud, one);
    await one.stops(90_000);
    expect(job.conclusion).toBe('success');
    expect(one.log()).toMatch(/runner\s+jq-[\s\S]*baked/);
    expect(one.trace()).toContain('install.in_image');
    expect(one.trace()).toContain('runner.in_image');
    const asked = cloud.asked.slice(from).filter((each) => !each.startsWith('100.100.100.200'));
    expect(asked[0]).toMatch(/\/sessions$/);
    expect(asked.filter((each) => !each.includes('/sessions'))).toEqual([]);
  });
});
