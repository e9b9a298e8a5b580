/** What a burst of cold launchers tells the deployment at once. */
import { expect, test } from 'vitest';
import { memoryIn, readGitHubNote } from '../../shared/github-note.ts';
import { WRITE_CONFLICTS_MAX } from '../../shared/limits.ts';
import { openReaper } from '../functions/reaper/fixture.ts';

test('the same news of many at once is written once, and fails for nobody', async () => {
  const { world } = openReaper();
  const launchers = Array.from({ length: 10 * WRITE_CONFLICTS_MAX }, () =>
    memoryIn(world.ledger, world.clock),
  );
  const nowMs = world.clock.nowMs();
  await Promise.all(launchers.map((memory) => memory.keepGroupId('acme', 'CI', 7)));
  await Promise.all(launchers.map((memory, at) => memory.hold('acme', nowMs + 60_000 + at)));
  const note = await readGitHubNote('acme', world.ledger);
  expect(note).toMatchObject({ groups: { ci: { id: 7 } }, heldUntilMs: expect.any(Number) });
  expect(note.heldUntilMs - nowMs).toBeGreaterThanOrEqual(60_000);
});
