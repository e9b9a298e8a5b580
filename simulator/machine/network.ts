/** The cloud's network on this host: one bridge, the metadata address on it, a name space and a cable for each machine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { run } from './commands.ts';

const BRIDGE = 'ci-cloud';
/** Where OSS and GitHub answer. */
export const CLOUD_ADDRESS = '10.213.0.1';
export const METADATA_ADDRESS = '100.100.100.200';
/** The same service for those who speak IPv6 (canonical/cloud-init #6893). */
export const METADATA_ADDRESS_V6 = 'fd00:100::100:200';

/** How many machines there may be in one cloud. */
const MACHINES_MAX = 200;
export const addressOf = (number: number): string => `10.213.0.${10 + number}`;
export const addressV6Of = (number: number): string => `fd00:213::${10 + number}`;
export const hardwareAddressOf = (number: number): string =>
  `02:00:00:00:01:${number.toString(16).padStart(2, '0')}`;
const nameOf = (number: number): string => `ci-m${number}`;
/** Its end on the host's side. */
export const cableOf = (number: number): string => `${nameOf(number)}h`;
export const namespaceOf = (number: number): string => `/run/netns/${nameOf(number)}`;

export interface CloudNetwork {
  close(): Promise<void>;
}

/** In a network of its own (`unshare --net`): all of it is gone when the process ends. */
export async function openNetwork(): Promise<CloudNetwork> {
  await run('ip', 'link', 'set', 'lo', 'up');
  // An address of its own: without one a bridge takes the lowest of its cables', another with each machine that comes or
  // goes, and what the others send goes to the old one until their tables notice: connections stood still for a minute.
  await run('ip', 'link', 'add', BRIDGE, 'address', '02:00:00:00:00:01', 'type', 'bridge');
  await run('ip', 'address', 'add', `${CLOUD_ADDRESS}/24`, 'dev', BRIDGE);
  await run('ip', 'address', 'add', `${METADATA_ADDRESS}/32`, 'dev', BRIDGE);
  for (const address of ['fd00:213::1/64', `${METADATA_ADDRESS_V6}/128`])
    await run('ip', 'address', 'add', address, 'dev', BRIDGE, 'nodad');
  await run('ip', 'link', 'set', BRIDGE, 'up');
  const leases = giveLeases();
  return {
    async close() {
      leases.kill();
      await run('ip', 'link', 'delete', BRIDGE);
    },
  };
}

/** A VPC's DHCP: each machine has its address from its first second on, for ever. */
function giveLeases(): ChildProcess {
  const hosts = Array.from({ length: MACHINES_MAX }, (_, at) => at + 1).map(
    (number) => `--dhcp-host=${hardwareAddressOf(number)},${addressOf(number)},infinite`,
  );
  return spawn(
    'dnsmasq',
    [
      ...[
        '--keep-in-foreground',
        '--conf-file=/dev/null',
        '--port=0',
        '--pid-file=',
        '--user=root',
        '--no-ping',
      ],
      ...['--leasefile-ro', '--dhcp-authoritative', `--interface=${BRIDGE}`, '--bind-interfaces'],
      ...[`--dhcp-range=${CLOUD_ADDRESS},static`, `--dhcp-option=option:router,${CLOUD_ADDRESS}`, ...hosts],
    ],
    { stdio: 'ignore' },
  );
}

export async function plugIn(number: number): Promise<void> {
  const name = nameOf(number);
  await run('rm', '-f', namespaceOf(number));
  await run('ip', 'netns', 'add', name);
  const peer = ['peer', 'name', 'eth0', 'address', hardwareAddressOf(number), 'netns', name];
  await run('ip', 'link', 'add', `${name}h`, 'type', 'veth', ...peer);
  await run('ip', 'link', 'set', `${name}h`, 'master', BRIDGE, 'up');
}

/** For a virtual machine, whose card is its own: the end that QEMU takes up. */
export async function plugInVirtual(number: number): Promise<void> {
  await run('ip', 'tuntap', 'add', 'dev', cableOf(number), 'mode', 'tap');
  await run('ip', 'link', 'set', cableOf(number), 'master', BRIDGE, 'up');
}

export async function unplugVirtual(number: number): Promise<void> {
  await run('ip', 'link', 'delete', cableOf(number));
}

/** By path: what a machine's own network service is told beyond what the lease says. */
export function networkFiles(number: number): Readonly<Record<string, string>> {
  const v6 = `[Network]\nAddress=${addressV6Of(number)}/64\n[Route]\nDestination=${METADATA_ADDRESS_V6}/128\n`;
  return { '/etc/systemd/network/10-cloud-init-eth0.network.d/v6.conf': v6 };
}

/** The cable is cut, both ways. */
export async function cutCable(number: number): Promise<void> {
  await run('ip', 'link', 'set', `${nameOf(number)}h`, 'down');
}

export async function unplug(number: number): Promise<void> {
  // The cable by itself: it would outlive the name while anything, as a connection not yet closed, holds the space, and
  // the next machine of this number could not be plugged in.
  await run('ip', 'link', 'delete', `${nameOf(number)}h`);
  await run('ip', 'netns', 'delete', nameOf(number));
}
