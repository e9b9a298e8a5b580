/** The cloud's network on this host: one bridge, the metadata address on it, a name space and a cable for each machine. */
import { run } from './commands.ts';

const BRIDGE = 'ci-cloud';
/** Where OSS and GitHub answer. */
export const CLOUD_ADDRESS = '10.213.0.1';
export const METADATA_ADDRESS = '100.100.100.200';
/** The same service for those who speak IPv6 (canonical/cloud-init #6893). */
export const METADATA_ADDRESS_V6 = 'fd00:100::100:200';

export const addressOf = (number: number): string => `10.213.0.${10 + number}`;
export const addressV6Of = (number: number): string => `fd00:213::${10 + number}`;
const nameOf = (number: number): string => `ci-m${number}`;
export const namespaceOf = (number: number): string => `/run/netns/${nameOf(number)}`;

/** In a network of its own (`unshare --net`): all of it is gone when the process ends. */
export async function openNetwork(): Promise<void> {
  await run('ip', 'link', 'set', 'lo', 'up');
  // An address of its own: without one a bridge takes the lowest of its cables', another with each machine that comes or
  // goes, and what the others send goes to the old one until their tables notice: connections stood still for a minute.
  await run('ip', 'link', 'add', BRIDGE, 'address', '02:00:00:00:00:01', 'type', 'bridge');
  await run('ip', 'address', 'add', `${CLOUD_ADDRESS}/24`, 'dev', BRIDGE);
  await run('ip', 'address', 'add', `${METADATA_ADDRESS}/32`, 'dev', BRIDGE);
  for (const address of ['fd00:213::1/64', `${METADATA_ADDRESS_V6}/128`])
    await run('ip', 'address', 'add', address, 'dev', BRIDGE, 'nodad');
  await run('ip', 'link', 'set', BRIDGE, 'up');
}

export async function plugIn(number: number): Promise<void> {
  const name = nameOf(number);
  const inside = (...args: string[]) => run('ip', '-n', name, ...args);
  await run('rm', '-f', namespaceOf(number));
  await run('ip', 'netns', 'add', name);
  await run('ip', 'link', 'add', `${name}h`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
  await run('ip', 'link', 'set', `${name}h`, 'master', BRIDGE, 'up');
  await inside('address', 'add', `${addressOf(number)}/24`, 'dev', 'eth0');
  await inside('link', 'set', 'lo', 'up');
  await inside('link', 'set', 'eth0', 'up');
  await inside('route', 'add', 'default', 'via', CLOUD_ADDRESS);
  await inside('address', 'add', `${addressV6Of(number)}/64`, 'dev', 'eth0', 'nodad');
  await inside('route', 'add', METADATA_ADDRESS_V6, 'dev', 'eth0');
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
