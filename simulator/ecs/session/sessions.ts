/** Session Manager's own server, which clients reach by the address that ECS gave them. */
import type { Cloud } from '../cloud.ts';
import { type Joined, join, type Line } from './join.ts';
import { isGood } from './start.ts';

export interface Sessions {
  /** Its websockets are served there. */
  at(address: string): void;
  isOpen(id: string, token: string): boolean;
  /** Null: no such session, or its ten minutes are over. */
  join(id: string, token: string, line: Line): Joined | null;
  /** It dies: all connections are cut. */
  cut(): void;
}

export const sessionsOf = (cloud: Cloud): Sessions => ({
  at(address) {
    cloud.sessionAddress = address;
  },
  isOpen(id, token) {
    const session = cloud.sessions.get(id);
    return session?.token === token && isGood(session, cloud);
  },
  join: (id, token, line) => join(cloud, id, token, line),
  cut() {
    for (const { sessions } of cloud.machines.values()) for (const each of [...sessions]) each();
  },
});
