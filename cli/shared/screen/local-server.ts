/** Pages for the one person who started the command: served on this machine alone. */
import { timingSafeEqual } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Gives its address, such as http://127.0.0.1:40123. `port` absent: one that is free. */
export async function listenLocally(server: Server, port = 0): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Of the header `Host`: another site's name may be made to point here. */
export const isLocalHost = (host: string): boolean => /^(127\.0\.0\.1|localhost):\d+$/.test(host);

/** In a time that tells nothing of where they differ. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** No page of others may hold ours, and none of ours is kept. */
export const CLOSED_HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
