/** The same tests over the wire and in process: both transports must give the same answers. */

import { afterEach, describe } from 'vitest';
import type { GitHubOptions } from '../../../../simulator/github/state.ts';
import { openWorld, type TestWorld, type Transport } from './world.ts';

export function onBothTransports(
  title: string,
  tests: (world: (options?: Partial<GitHubOptions>) => Promise<TestWorld>, transport: Transport) => void,
): void {
  describe.each<Transport>(['wire', 'process'])(`${title}, over the %s transport`, (transport) => {
    const open: TestWorld[] = [];
    afterEach(async () => {
      for (const one of open.splice(0)) await one.close();
    });
    tests(async (options) => {
      const made = await openWorld(transport, options);
      open.push(made);
      return made;
    }, transport);
  });
}
