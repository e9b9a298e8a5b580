/** The same tests over the wire and in process: both faces must give the same answers. */

import { afterEach, describe } from 'vitest';
import type { GitHubOptions } from '../../../../simulator/github/state.ts';
import { type Face, openWorld, type TestWorld } from './world.ts';

export function onBothFaces(
  title: string,
  tests: (world: (options?: Partial<GitHubOptions>) => Promise<TestWorld>, face: Face) => void,
): void {
  describe.each<Face>(['wire', 'process'])(`${title}, over the %s face`, (face) => {
    const open: TestWorld[] = [];
    afterEach(async () => {
      for (const one of open.splice(0)) await one.close();
    });
    tests(async (options) => {
      const made = await openWorld(face, options);
      open.push(made);
      return made;
    }, face);
  });
}
