import { expect, test } from 'vitest';
import { mutated } from './mutate.ts';
import { MUTATIONS } from './mutations.ts';

test.each(MUTATIONS)('the protection "$name" is where the list of mutations looks for it', (mutation) => {
  for (const { file } of mutation.edits) expect(mutated(file, mutation)).not.toBe('');
});
