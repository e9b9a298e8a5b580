/** The page Money adds up as `npm run cost` does. */
import { expect, test } from 'vitest';
import { renderCosts } from '../../../cli/cost/table.ts';
import { sayIn } from '../../../cli/dashboard/say.ts';
import { MONEY, type MoneyState } from '../../../cli/dashboard/views/money.ts';
import { PIPE } from '../../../cli/shared/screen/screen.ts';
import { COSTS } from '../shared/costs.ts';

const { report } = COSTS;
const sums = (total: number, onDemand: number, unpriced = 0) => ({
  ...report.total,
  total,
  onDemand,
  unpriced,
});
const NAMES = ['day', 'repository', 'workflow', 'labels', 'profile', 'family', 'capacity'];

function stateOf(machines: { readonly waiting: number; readonly unused: number }): MoneyState {
  const isIdle = machines.waiting + machines.unused > 0;
  const costs = {
    ...COSTS,
    report: {
      ...report,
      ...{ total: sums(10, 40), all: isIdle ? sums(14, 40, 2) : sums(10, 40) },
      by: Object.fromEntries(NAMES.map((name) => [name, []])),
      idle: { ...report.idle, machines, waiting: sums(3, 0), unused: sums(1, 0) },
    },
  } as unknown as MoneyState['costs'];
  return { costs, trouble: [], unavailable: [] };
}

function figuresOf(state: MoneyState): Record<string, string> {
  const sections = MONEY.sections(state, { job: '', days: 7, by: '' }, sayIn('en', false), {} as never);
  const text = sections.find(({ id }) => id === 'sums')?.html.text ?? '';
  const found = [...text.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)];
  return Object.fromEntries(found.map(([, name, value]) => [name, value]));
}

test('the total and what was saved hold every machine, and the parts beside them add up to it', () => {
  const state = stateOf({ waiting: 3, unused: 2 });
  expect(figuresOf(state)).toMatchObject({
    'all machines': 'CNY 14.00',
    'of it while jobs needed them': 'CNY 10.00',
    'warm runners while they waited; they served 2 jobs': 'CNY 3.00',
    'machines without a job': 'CNY 1.00',
    'saved against pay-as-you-go': 'CNY 26.00 (65\u00a0%)',
  });
  const told = renderCosts(state.costs, 'repository', PIPE);
  expect(told).toMatch(/^total\t.*\t14\.00\t65 %$/m);
  expect(told).toContain('same machines: 26.00, what no job needed included');
});

test('where every machine had its job there is one total', () => {
  const names = Object.keys(figuresOf(stateOf({ waiting: 0, unused: 0 })));
  expect(names).toEqual([
    'all machines',
    'saved against pay-as-you-go',
    'GitHub’s own runners of as many cores',
    'jobs',
  ]);
});
