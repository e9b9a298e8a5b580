/** A machine that is bigger than its job asked for is said so, in `explain` and in the job's own log. */
import { expect, test } from 'vitest';
import { sizeNote } from '../../../shared/advisor/chosen-words.ts';

// biome-ignore format: a table reads best as a table.
test.each<[asked: string, min: number, max: number | null, type: string | null, cpu: number, note: string]>([
  ['8cpu',              8, 8,    null,                8,  ''],
  ['8cpu',              8, 8,    null,                16, 'with 16 cores, because none with 8 was available'],
  ['8+cpu',             8, null, null,                8,  ''],
  ['8+cpu',             8, null, null,                16, 'with 16 cores, because it cost least of all with 8 or more'],
  ['8-32cpu',           8, 32,   null,                16, ''],
  ['8-32cpu',           8, 32,   null,                64, 'with 64 cores, because none with 32 was available'],
  ['ecs.c8y.4xlarge',   8, 8,    'ecs.c8y.4xlarge',   16, ''],
])('%s (%s to %s, %s), %s cores: %s', (_asked, min, max, type, cpu, note) => {
  expect(sizeNote({ cpu }, { cpu: { min, max }, type })).toBe(note);
});
