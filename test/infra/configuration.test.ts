/** What stands in for a configuration: in a template words, in a function a variable. */
import { describe, expect, test } from 'vitest';
import { readConfiguration } from '../../infra/one-click/configuration.ts';
import { unmarked } from '../../infra/one-click/marks.ts';

describe('a configuration in a variable', () => {
  test.each([
    ['absent', undefined, /CONFIGURATION: is not set/],
    ['cut off', '{"name": "ci", "pl', /CONFIGURATION: has mistakes\nis not YAML/],
    [
      'wrong in two places',
      '{"name":"CI","placements":[]}',
      /name: must have 2-12 characters.*placements: /s,
    ],
  ])('that is %s is refused, all of it at once', (_what, CONFIGURATION, says) => {
    expect(() => readConfiguration({ CONFIGURATION })).toThrow(says);
  });

  test('no value of it is shown', () => {
    const CONFIGURATION = '{"name":"secret-by-accident-0123456789","placements":[]}';
    expect(() => readConfiguration({ CONFIGURATION })).toThrow(/^(?!.*secret-by-accident)/s);
  });
});

describe('marks', () => {
  const marks = { 'zz-a': { Ref: 'A' }, 'zz-a-b': { Ref: 'B' }, '"zz-n"': { Ref: 'N' } };
  test.each<[unknown, unknown]>([
    ['plain', 'plain'],
    ['', ''],
    ['zz-a', { Ref: 'A' }],
    ['x-zz-a-b/zz-a', { 'Fn::Join': ['', ['x-', { Ref: 'B' }, '/', { Ref: 'A' }]] }],
    [{ 'Fn::Join': ['', ['zz-a:', { Ref: 'T' }]] }, { 'Fn::Join': ['', [{ Ref: 'A' }, ':', { Ref: 'T' }]] }],
    ['{"cpu":"zz-n"}', { 'Fn::Join': ['', ['{"cpu":', { Ref: 'N' }, '}']] }],
    [
      [1, null, true, { k: 'zz-a' }],
      [1, null, true, { k: { Ref: 'A' } }],
    ],
  ])('%j', (before, after) => {
    expect(unmarked(before, marks)).toEqual(after);
  });
});
