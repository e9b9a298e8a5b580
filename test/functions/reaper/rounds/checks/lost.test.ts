/** Whatever becomes of a call or of us, there is one check, with the last word, and nothing in it that is not for its readers. */
import { expect, test } from 'vitest';
import type { Fault } from '../../../../../simulator/github/index.ts';
import { MINUTE_MS, OURS } from '../../../../cli/explain/fixture.ts';
import { PRIVATE_KEY_PEM, WEBHOOK_SECRET } from '../../../../world/keys.ts';
import { failing, ONE, opened, plan, queueRun, titles } from './fixture.ts';

// biome-ignore format: a table reads best as a table.
const LOST: readonly [what: string, method: string, fault: Fault][] = [
  ['the answer to making it was lost', 'POST', { kind: 'hang-up', effect: 'after' }],
  ['making it never reached GitHub', 'POST', { kind: 'hang-up', effect: 'before' }],
  ['the answer was cut', 'POST', { kind: 'truncated' }],
  ['the answer to a change was lost', 'PATCH', { kind: 'hang-up', effect: 'after' }],
  ['GitHub could not be asked', 'GET', { kind: 'status', status: 502 }],
];

test.each(LOST)('%s: one check, with the last word', (_, method, fault) =>
  opened({ github: failing(method, [fault]) }, async (world) => {
    queueRun(world, [plan('build', OURS, 4)]);
    await world.pass(25 * MINUTE_MS);
    expect(world.github.checkRuns()).toHaveLength(1);
    expect(titles(world)[0]).toMatch(/^Succeeded on ci-runner-arm64-spot-/);
  }),
);

test('a change is refused for once, and lists lack the check: no second one is made', () => {
  const change = failing('PATCH', [{ kind: 'status', status: 422 }]);
  let isMade = false;
  const faults = (method: string, path: string): Fault | null => {
    isMade ||= method === 'PATCH';
    const isList = method === 'GET' && isMade && path.includes('/check-runs');
    return isList ? { kind: 'empty-page' } : change.faults(method, path);
  };
  return opened({ github: { faults } }, async (world) => {
    queueRun(world, [plan('build', OURS, 4)]);
    await world.pass(25 * MINUTE_MS);
    expect(isMade).toBe(true);
    expect(world.github.checkRuns()).toHaveLength(1);
    expect(titles(world)[0]).toMatch(/^Succeeded on ci-runner-arm64-spot-/);
  });
});

test('a function that dies at any call of the sweep makes no second check', () =>
  opened({}, async (world) => {
    queueRun(world, [plan('typo', `${OURS} 8cup`), plan('build', OURS, 10)]);
    // One call in a hundred: most sweeps die somewhere, and some come to their end.
    world.fc.faults.kill = 0.01;
    await world.pass(20 * MINUTE_MS);
    world.fc.faults.kill = 0;
    await world.pass(25 * MINUTE_MS);
    expect(world.github.checkRuns()).toHaveLength(1);
    expect(titles(world)[0]).toMatch(/^1 refused, 1 ended/);
  }));

test('where anybody can read there is no money, and nothing of the account', () =>
  opened(
    { config: { repositories: { allow: ['acme/*'], public: 'allow', forks: 'allow' } } },
    async (world) => {
      world.github.addRepository('acme/open', { isPublic: true });
      world.github.addGroup({ organization: 'acme', name: 'all', repositories: 'all', allowsPublic: true });
      queueRun(world, [plan('build')], { repository: 'acme/open' });
      await world.pass(5 * MINUTE_MS);
      const said = JSON.stringify(world.github.checkRuns().map(({ output }) => output));
      expect(said).toContain('build');
      expect(said).not.toMatch(/CNY|because/);
    },
  ));

test('no secret is in a check', () =>
  opened(ONE, async (world) => {
    queueRun(world, [plan('a'), plan('b'), plan('c', `${OURS} 8cup`)]);
    await world.pass(20 * MINUTE_MS);
    const said = JSON.stringify(world.github.checkRuns().map(({ repository: _, ...check }) => check));
    expect(said).toContain('refused');
    expect(said).not.toMatch(/ghs_|eyJ[\w-]{30}|BEGIN/);
    expect(said).not.toContain(WEBHOOK_SECRET);
    expect(said).not.toContain(PRIVATE_KEY_PEM.split('\n')[3]);
  }));
