/** `npm run prove -- --json`: JSON on standard output, and nothing else, whatever it does. */
import { afterEach, expect, test, vi } from 'vitest';
import { main, removeLeft } from '../../../cli/prove/index.ts';
import { openCloud } from './cloud.ts';

const out = vi.spyOn(process.stdout, 'write');
const err = vi.spyOn(process.stderr, 'write');
afterEach(() => {
  out.mockReset();
  err.mockReset();
});

test('a question would stand in it: nobody is asked', async () => {
  for (const each of [out, err]) each.mockReturnValue(true);
  expect(await main(['--json'])).toBe(2);
  expect(err.mock.calls.join('')).toMatch(/^Nobody is there to be asked: say --yes\.\n/);
  expect(out.mock.calls).toEqual([]);
});

test('--clean says how much was removed', async () => {
  const cloud = openCloud({ boot: { staysUp: true } });
  await cloud.prove({ atCall: 40, when: 'after' });
  for (const each of [out, err]) each.mockReturnValue(true);
  const tell = vi.fn();
  expect(await cloud.passing(removeLeft(cloud.world(), { json: true }, tell))).toBe(0);
  expect(JSON.parse(out.mock.calls.join(''))).toEqual({ removed: expect.any(Number) });
  expect(tell).toHaveBeenCalledWith(expect.stringMatching(/nothing is left|Nothing was left/));
});
