import { expect, test } from 'vitest';
import { fuzz } from '../../../dev/fuzz/index.ts';

test('four hundred broken requests get documented answers, and the server keeps serving', async () => {
  const { answers, faults } = await fuzz(400, 20_260_504);
  expect(faults).toEqual([]);
  expect([...answers.values()].reduce((sum, times) => sum + times, 0)).toBe(402);
  expect(answers.get('413 OTSRequestBodyTooLarge')).toBe(1);
});
