/** Images of one's own for machines of the simulated cloud: what a stock one lacks, and what is baked of it. */
import { expect } from 'vitest';
import { readBakeScripts } from '../../shared/adapters/user-data-scripts.ts';
import { recipeFor } from '../../shared/runner/images/bake.ts';
import type { RunningMachine } from '../../simulator/machine/machine-driver.ts';
import { configOf } from '../world/in-process.ts';
import { type Cloud, machineConfig } from './cloud.ts';

/** A machine without user data, up to the moment when Image Builder's agent would be told what to run. */
export async function bare(cloud: Cloud, name: string): Promise<RunningMachine> {
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

export async function off(cloud: Cloud, machine: RunningMachine): Promise<void> {
  await machine.shell('sync; systemctl poweroff --no-block');
  await cloud.until('its end', () => !machine.isRunning, 30_000);
}

/**
 * The disk of a machine that lacks packages, as one that another can be made of. They come from apt's own store on it,
 * because these machines have no way to Debian.
 */
export async function stockWithout(cloud: Cloud, packages: string): Promise<string> {
  const machine = await bare(cloud, 'stock');
  await machine.shell(`apt-get --quiet=2 --yes purge ${packages} >/dev/null
    install -d /etc/ssh && echo a secret >/etc/ssh/ssh_host_ed25519_key
    cloud-init clean --logs && rm --recursive --force /var/lib/cloud && : >/etc/machine-id`);
  await off(cloud, machine);
  return machine.disk;
}

/** The one command that the build's line of a Dockerfile runs. */
export function buildOf(cloud: Cloud, script: string | null, defaults: object): string {
  const bake = script === null ? true : { script };
  const images = { amd64: { family: 'acs:debian_13_x64', bake } };
  const config = configOf(machineConfig({ defaults, images }));
  const scripts = readBakeScripts(`${import.meta.dirname}/../../userdata`);
  const recipe = recipeFor('amd64', cloud.release, config, scripts);
  if (recipe === null) throw new Error('nothing is to be baked');
  return recipe.buildContent.replace(/^RUN /, '');
}

/** What it said, and its status in the last line. */
export const tried = (machine: RunningMachine, command: string) =>
  machine.shell(`{ ${command.trim()}; } 2>&1; echo "status $?"`);
