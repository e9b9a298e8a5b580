/** What is too long for a machine is told before anything is built: of the longest machine that a job may ask for. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { userDataMistakes } from '../../../cli/shared/user-data-size.ts';
import { configOf } from '../../world/in-process.ts';

/** Nothing that gzip could make less of. */
const random = (chars: number, seed: string): string => {
  let text = '';
  for (let at = 0; text.length < chars; at++)
    text += createHash('sha512').update(`${seed}${at}`).digest('base64url');
  return text.slice(0, chars);
};

/** As many characters of the operator's own as fit with these keys, to the byte. */
function roomWith(keys: object): number {
  const fits = (chars: number) => {
    const script = (seed: string, max: number) => `# ${random(Math.max(0, Math.min(4_000, max)), seed)}`;
    const defaults = {
      extraUserData: script('a', chars),
      hooks: { started: script('b', chars - 4_000), completed: script('c', chars - 8_000) },
    };
    const { defaults: own = {}, ...more } = keys as { defaults?: object };
    return userDataMistakes(configOf({ ...more, defaults: { ...defaults, ...own } })).length === 0;
  };
  let [low, high] = [0, 12_000];
  expect([fits(low), fits(high)]).toEqual([true, false]);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

test('a machine that stays for whoever debugs it has its script as well', () => {
  expect(roomWith({ defaults: { debug: 'allow' } })).toBeLessThan(roomWith({}) - 100);
});

test('a machine of an image that is kept for some names them', () => {
  const repositories = Array.from({ length: 40 }, (_, at) => `acme/${random(20, `r${at}`)}`);
  const images = (kept: object) => ({ big: { id: 'm-big', arch: 'arm64', ...kept } });
  expect(roomWith({ images: images({ repositories }) })).toBeLessThan(roomWith({ images: images({}) }) - 100);
});
