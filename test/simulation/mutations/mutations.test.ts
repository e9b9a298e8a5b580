import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mutated } from './mutate.ts';
import { MUTATIONS } from './mutations.ts';
import { NOTICED_BY } from './noticed-by.ts';

test.each(MUTATIONS)('the protection "$name" is where the list of mutations looks for it', (mutation) => {
  for (const { file } of mutation.edits) expect(mutated(file, mutation)).not.toBe('');
});

test.each(Object.entries(NOTICED_BY))('the test that notices the lack of "%s" is there', (name, path) => {
  expect(MUTATIONS.map((each) => each.name)).toContain(name);
  expect(existsSync(join(import.meta.dirname, '../../..', path))).toBe(true);
});
