/** What costs money while no job runs is in the plan, before anybody says yes. */
import { expect, test } from 'vitest';
import { type Plan, show } from '../../../cli/deploy/plan.ts';
import { standingCosts } from '../../../cli/deploy/standing-costs.ts';

const said = (standing: readonly string[]): string => {
  const lines: string[] = [];
  const none = { stacks: [], functions: [], settings: [], formerMirrors: [], keys: [], news: [] };
  const rest = { ...none, config: {}, release: null, isEmpty: false };
  show({ ...rest, standing } as unknown as Plan, { say: (line) => void lines.push(line), variables: {} });
  return lines.join('\n');
};

test('a gateway has its price a month, its source, and its region', () => {
  const text = said(standingCosts(['cn-hangzhou', 'cn-hongkong', 'eu-central-1']));
  expect(text).toMatch(/While no job runs \(list prices: alibabacloud\.com/);
  expect(text).toMatch(/in cn-hangzhou: about USD 25 a month/);
  expect(text).toMatch(/in cn-hongkong: about USD 31 a month/);
  expect(text).toMatch(/in eu-central-1: about USD 31 a month/);
});

test('where none is made nothing is said', () => {
  expect(said(standingCosts([]))).toBe('');
});
