/** Unchanged answers are free at GitHub: as many are kept as one round of the sweep asks for. */
import { expect, test } from 'vitest';
import { callsOver } from '../../../../shared/adapters/github/calls.ts';
import { KNOWN_REPOSITORIES_MAX } from '../../../../shared/limits.ts';

test('four lists of every repository that we may know are asked for conditionally the second time', async () => {
  let whole = 0;
  const { ask } = callsOver(async (_route, params) => {
    const isConditional = 'headers' in params;
    if (!isConditional) whole++;
    return { status: isConditional ? 304 : 200, headers: { etag: '"e"' }, data: {} };
  });
  const target = { owner: 'acme', repository: null, installationId: 7 };
  const round = async () => {
    for (let at = 0; at < KNOWN_REPOSITORIES_MAX; at++)
      for (const status of ['queued', 'in_progress', 'waiting', 'pending'])
        await ask(target, 'GET /repos/{owner}/{repo}/actions/runs', { repo: `r-${at}`, status });
  };
  await round();
  await round();
  expect(whole).toBe(4 * KNOWN_REPOSITORIES_MAX);
});
