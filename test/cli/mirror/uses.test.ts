import { expect, test } from 'vitest';
import { actionsIn, merged } from '../../../cli/mirror/uses.ts';

const WORKFLOW = `
on: push
jobs:
  build:
    steps:
      - uses: actions/checkout@v5
      - uses: actions/checkout@v5
      - run: "echo 'uses: not/one@v1'"
      - uses: github/codeql-action/init@v3.29.1
      - uses: acme/own@0123456789012345678901234567890123456789
      - uses: ./.github/actions/local
      - uses: docker://alpine:3
      - uses: acme/moving@main
      - uses: \${{ matrix.action }}
  call:
    uses: acme/flows/.github/workflows/build.yml@v1
`;

test('the actions that steps use, each once, by repository and ref', () => {
  expect(actionsIn(WORKFLOW)).toEqual([
    'acme/own@0123456789012345678901234567890123456789',
    'actions/checkout@v5',
    'github/codeql-action@v3.29.1',
  ]);
});

test('of a composite action, too', () => {
  expect(actionsIn('runs: {using: composite, steps: [{uses: acme/inner@v2}]}')).toEqual(['acme/inner@v2']);
});

test.each([[''], ['jobs: 7'], ['jobs: {a: {steps: [1, null, {uses: 3}]}}']])('nothing of %j', (text) => {
  expect(actionsIn(text)).toEqual([]);
});

test('what is no YAML is told apart from what has none', () => {
  expect(actionsIn('a: [')).toBeNull();
});

test('what is kept stays, what is new comes to it', () => {
  expect(merged(['b/b', 'a/a'], ['a/a', 'a/a@v1'])).toEqual(['a/a', 'a/a@v1', 'b/b']);
});
