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

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // One more than cores: the tests over the wire mostly wait.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    sequence: { sequencer: LongestFirst },
    reporters: ['default'],
  },
});
