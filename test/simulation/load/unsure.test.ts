/** What the loads call an unsure sweep. */
import { expect, test } from 'vitest';
import { START_MS } from '../../world/in-process.ts';
import { unsureSweeps } from './unsure.ts';

const CUT = ['survey.truncated', { what: 'runners of acme', seen: 456 }] as const;
const asked = (open: number) => ['survey.asked_singly', { answered: 1, open }] as const;

function counted(...lines: readonly (readonly [string, object, atMs: number])[]): number {
  const unsure = unsureSweeps();
  for (const [event, fields, atMs] of lines) unsure.note(event, { ...fields }, START_MS + atMs);
  return unsure.count();
}

test('a sweep whose list was cut, and that asked about all whom it left out, is sure, across a full minute, too', () => {
  expect(counted([...CUT, 60_400], [...asked(0), 60_700])).toBe(0);
  expect(counted([...CUT, 59_900], [...asked(0), 60_100])).toBe(0);
});

test('one that left some open is unsure, and so is one whose list was refused; others do not make up for them', () => {
  expect(counted([...CUT, 59_900], [...asked(2), 60_100], [...CUT, 119_900], [...asked(0), 120_100])).toBe(1);
  expect(counted(['survey.failed', { what: 'runners of acme' }, 61_000], [...asked(0), 120_100])).toBe(1);
  expect(counted(['survey.failed', { what: 'instances of cn-hangzhou' }, 61_000])).toBe(0);
});
