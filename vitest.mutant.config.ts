/** The tests as they are, on sources that lack one protection: `MUTATION` is its name. */
import { relative } from 'node:path';
import { defineConfig, mergeConfig } from 'vitest/config';
import { mutated } from './test/simulation/mutations/mutate.ts';
import { MUTATIONS } from './test/simulation/mutations/mutations.ts';
import whole from './vitest.config.ts';

const mutation = MUTATIONS.find(({ name }) => name === process.env.MUTATION);
if (mutation === undefined) throw new Error('MUTATION names no mutation');
const files = new Set(mutation.edits.map(({ file }) => file));

export default mergeConfig(
  whole,
  defineConfig({
    plugins: [
      {
        name: 'mutation',
        enforce: 'pre',
        transform(_code: string, id: string) {
          const file = relative(import.meta.dirname, id);
          return files.has(file) ? mutated(file, mutation) : undefined;
        },
      },
    ],
  }),
);
