import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The long ones, so that none of them begins last, alone on its core. Files share nothing, so order is only time. */
const LONG = [
  /\/seeds-/,
  /\/crash\/crash\./,
  /\/wire\//,
  /\/exchange\./,
  /\/install\//,
  /\/crash\//,
  /\/simulation\//,
  /\/doctor\./,
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONG.findIndex((pattern) => pattern.test(moduleId));
      return at < 0 ? LONG.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

const STANDSTILL_MS = 30 * 60_000;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // One more than cores: the tests over the wire mostly wait.
    maxWorkers: 3,
    // The bound on what stands still. No test measures time by it: it holds where other work keeps the cores busy.
    testTimeout: STANDSTILL_MS,
    hookTimeout: STANDSTILL_MS,
    sequence: { sequencer: LongestFirst },
    reporters: ['default'],
  },
});
