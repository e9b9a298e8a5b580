import { describe, expect, test } from 'vitest';
import { parseReference } from '../../../cli/explain/reference.ts';
import { decideRetirement, retiredEntry } from '../../../cli/retire/decide.ts';
import { formatTimeAndDistance } from '../../../cli/shared/format.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { JobId, RunnerName } from '../../../shared/nouns.ts';
import { formatDuration, formatPrice } from '../../../shared/story/format.ts';

const JOB = { kind: 'job', id: 48, repository: 'my-org/app.js' };

// biome-ignore format: a table reads best as a table.
test.each([
  ['48', { ...JOB, repository: null }],
  [' 48 ', { ...JOB, repository: null }],
  ['https://github.com/my-org/app.js/actions/runs/17/job/48', JOB],
  ['https://github.com/my-org/app.js/actions/runs/17/job/48?pr=3#step:4:1', JOB],
  ['https://github.com/my-org/app.js/actions/runs/17/attempts/2/job/48', JOB],
  ['https://ghe.example.com/my-org/app.js/actions/runs/17/jobs/48/', JOB],
  ['https://github.com/my-org/app.js/runs/48', JOB],
  ['https://github.com/my-org/app.js/actions/runs/17', { kind: 'run', id: 17, repository: 'my-org/app.js' }],
  ['https://github.com/my-org/app.js/pull/48', null],
  ['https://', null],
  ['build', null],
  ['-48', null],
  ['1234567890123456789', null],
  ['', null],
] as const)('%s names what it names', (text, expected) => {
  expect(parseReference(text)).toEqual(expected);
});

test.each([
  [0, '0 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [200_000, '3 min 20 s'],
  [3_600_000, '1 h'],
  [18_120_000, '5 h 2 min'],
  [187_200_000, '2 d 4 h'],
])('%i ms is %s', (ms, expected) => {
  expect(formatDuration(ms)).toBe(expected);
});

test('a time says how far it is, and money what it is in', () => {
  const nowMs = new Date(2026, 4, 4, 10, 0, 0).getTime();
  expect(formatTimeAndDistance(nowMs + 40_000, nowMs)).toBe('at 10:00:40 (in 40 s)');
  expect(formatTimeAndDistance(nowMs - 86_400_000, nowMs)).toBe('at 2026-05-03 10:00:00 (1 d ago)');
  expect(formatPrice(0.12345, 'CNY')).toBe('CNY 0.12');
  expect(formatPrice(null, 'CNY')).toBe('unknown');
});

describe('retiring by hand', () => {
  const entry = {
    name: 'ci-runner-arm64-spot-48-1' as RunnerName,
    state: 'idle',
    for: 48 as JobId,
    busyWith: null,
    because: '',
    trail: [],
  } as unknown as RunnerEntry;
  const busy = { ...entry, state: 'busy', busyWith: 48 as JobId } as const;
  const retiring = { ...entry, state: 'retiring', because: 'its job completed' } as const;

  // biome-ignore format: a table reads best as a table.
  test.each([
    ['an idle one', entry, false, 'retire', /next sweep takes it off GitHub/],
    ['a busy one', busy, false, 'refused', /runs the job 48\. Cancel that at GitHub.*--force/],
    ['a busy one by force', busy, true, 'retire', /under its job, which fails/],
    ['one that is retiring', retiring, false, 'already', /because its job completed/],
    ['one that is retiring while a job started on it', { ...retiring, busyWith: 9 as JobId }, true, 'retire', /under its job/],
  ] as const)('%s', (_, given, isForced, kind, words) => {
    const plan = decideRetirement(given, isForced);
    expect(plan.kind).toBe(kind);
    expect(plan.kind === 'refused' ? plan.because : plan.text).toMatch(words);
  });

  test('an idle one keeps its state, so that the sweep proves it free; by force there is no proof', () => {
    expect(retiredEntry(entry, false, 1)).toMatchObject({ state: 'idle', isUnwanted: true, for: 48 });
    expect(retiredEntry(entry, true, 1)).toMatchObject({ state: 'idle', isUnwanted: true });
    expect(retiredEntry(busy, true, 1)).toMatchObject({ state: 'retiring', busyWith: null, for: null });
  });
});
