import { defineConfig } from 'vitest/config';

/** `npm run test:machine`: real Linux systems, one file after the other. */
export default defineConfig({
  test: {
    include: ['test/machine/**/*.machine.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    maxConcurrency: 3,
    // Now and then Debian's cloud-init does not come to its last stage in a container, and no user data runs at all.
    retry: 2,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
