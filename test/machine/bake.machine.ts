/** An image as Image Builder makes it: the real build on a stock machine, and a job on a machine of the result. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBakeScripts } from '../../shared/adapters/user-data-scripts.ts';
import { recipeFor } from '../../shared/runner/images/bake.ts';
import type { RunningMachine } from '../../simulator/machine/machine-driver.ts';
import { configOf } from '../world/in-process.ts';
import { bootOne, giveJob } from './boot-one.ts';
import { type Cloud, machineConfig, openCloud } from './cloud.ts';

/** What an operator has in `images`, with what is done to a machine's own script. */
const SCRIPT = 'test "$(id -u)" = 0; echo baked >/etc/of-the-operator';
/** What a stock image lacks: from apt's own store on its disk, because these machines have no way to Debian. */
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
  const machine = await bare('stock');
  await machine.shell(`apt-get --quiet=2 --yes purge ${LACKS} >/dev/null
    install -d /etc/ssh && echo a secret >/etc/ssh/ssh_host_ed25519_key
    cloud-init clean --logs && rm --recursive --force /var/lib/cloud && : >/etc/machine-id`);
  await off(machine);
  stock = [machine.disk];
  layers = stock;
});
afterAll(() => cloud.close());

/** A machine without user data, up to the moment when Image Builder's agent would be told what to run. */
async function bare(name: string): Promise<RunningMachine> {
  cloud.driver.boot({
    ...{ id: `i-${name}`, region: 'cn-hangzhou', zone: 'cn-hangzhou-k', instanceType: 'ecs.c8y.large' },
    ...{ cpu: 2, memoryGiB: 4, arch: 'amd64' as const, userData: '', spotPrice: null },
    ...{ clock: cloud.world.clock, console: () => undefined, stop: () => undefined },
    terminationAtMs: () => null,
  });
  const machine = cloud.driver.machines().find(({ facts }) => facts.id === `i-${name}`) as RunningMachine;
  const isUp = () => machine.read('/var/lib/cloud/data/result.json') !== '';
  await cloud.until(`the boot of ${name}`, isUp, 90_000, () => machine.bootErrors().join('\n'));
  expect(machine.bootErrors()).toEqual([]);
  // There is no way to Debian, and asking again does not make one.
  await machine.shell(`echo 127.0.0.1 deb.debian.org >>/etc/hosts
    echo 'Acquire::Retries "0";' >/etc/apt/apt.conf.d/99-no-way`);
  return machine;
}

async function off(machine: RunningMachine): Promise<void> {
  await machine.shell('sync; systemctl poweroff --no-block');
  await cloud.until('its end', () => !machine.isRunning, 30_000);
}

/** The one command that the build's line of a Dockerfile runs. */
function buildOf(script = SCRIPT): string {
  const images = { amd64: { family: 'acs:debian_13_x64', bake: { script } } };
  const config = configOf(machineConfig({ defaults: DOCKER, images }));
  const scripts = readBakeScripts(`${import.meta.dirname}/../../userdata`);
  const recipe = recipeFor('amd64', cloud.release, config, scripts);
  if (recipe === null) throw new Error('nothing is to be baked');
  return recipe.buildContent.replace(/^RUN /, '');
}

/** What it said, and its status in the last line. */
const tried = (machine: RunningMachine, command: string) =>
  machine.shell(`{ ${command.trim()}; } 2>&1; echo "status $?"`);

test('a bake that fails leaves a machine that nobody takes: no network, a full disk, a script', async () => {
  const machine = await bare('failing');
  // Its patience is for a network that comes back: here it has five seconds.
  const hasty = `${buildOf().trim().replace('gzip --decompress >', 'gzip --decompress | sed s/BOOT_SECONDS=1800/BOOT_SECONDS=65/ >')}`;
  const [offline, full, script] = [
    await tried(machine, `ip link set eth0 down; ${hasty}`),
    await tried(
      machine,
      `ip link set eth0 up; timeout 20 bash -c 'until curl --silent --output /dev/null http://10.213.0.1:8080; do sleep 0.3; done'; rm --recursive --force /opt/actions-runner*; mount -t tmpfs -o size=64k tmpfs /opt; dd if=/dev/zero of=/opt/full bs=1k count=44; ${hasty}`,
    ),
    await tried(machine, `umount /opt; ${buildOf('false; true')}`),
  ];
  expect(offline).toMatch(/status [1-9]\d*\s*$/);
  expect(full).toMatch(/No space left[\s\S]*status [1-9]\d*\s*$/);
  expect(script).toMatch(/status [1-9]\d*\s*$/);
  // None came as far as its end.
  expect((await machine.shell('cat /etc/machine-id')).trim()).toMatch(/^[0-9a-f]{32}$/);
  expect(machine.read('/var/log/user-data.log')).toMatch(/because=no_network[\s\S]*because=disk_is_full!/);
  await off(machine);
});

describe('the image', () => {
  let said = '';
  beforeAll(async () => {
    const machine = await bare('baking');
    said = await tried(machine, buildOf());
    await off(machine);
    layers = [machine.disk, ...stock];
  });

  test('is made by the build, and its machines have no timers of apt’s', async () => {
    expect(said).toMatch(/status 0\s*$/);
    const look = await bare('looked-at');
    expect((await look.shell('systemctl is-enabled apt-daily.timer; true')).trim()).toBe('masked');
    await off(look);
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
