import { defineConfig } from 'vitest/config';

/** `npm run test:machine`: real Linux systems, one file after the other. */
export default defineConfig({
  test: {
    include: ['test/machine/**/*.machine.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    maxConcurrency: 3,
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
});
