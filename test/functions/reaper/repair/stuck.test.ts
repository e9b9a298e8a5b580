/** A machine that cannot be deleted keeps its slot, and not its repository's part of it. */
import { expect, test } from 'vitest';
import { usedBy } from '../../../../functions/reaper/own-limits.ts';
import { act } from '../../../../functions/reaper/repair/act.ts';
import { diagnose } from '../../../../functions/reaper/repair/diagnose.ts';
import { DELETION_STUCK_MS } from '../../../../functions/reaper/repair/verdict.ts';
import { gatherEvidence } from '../../../../functions/reaper/survey/evidence.ts';
import type { Instance } from '../../../../shared/nouns.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { openReaper } from '../fixture.ts';
import { COVERAGE, machine, observed } from './diagnose-rows.ts';

const ALL = ['all', 1];
const OWN = ['repository acme/kernel', 1];

/** After two sweeps, of the one runner that its repository may have, retired so long ago. */
async function afterSweeps(status: Instance['status'], retiredForMs: number, tags = {}) {
  const { world } = openReaper({
    instances: { terminate: async () => 'later', find: async () => [machine({ status })] },
  });
  const limits = build.limits({ perRepository: 1 });
  const { capacity, runners } = world.ledger;
  await capacity.take(build.slot(1), limits, START_MS);
  const stateAtMs = START_MS - retiredForMs;
  const entry = build.runnerEntry(1, { state: 'retiring', stateAtMs, instanceId: 'i-1', leaseUntilMs: 1 });
  await runners.add(entry.name, entry);
  for (let sweep = 0; sweep < 2; sweep++) {
    const held = await runners.read(entry.name);
    const seen = { ...observed(entry, { instances: [machine({ status, tags })] }), held };
    const verdict = diagnose({ ...COVERAGE, nowMs: START_MS }, seen);
    await act(seen, verdict, gatherEvidence(START_MS, world), world);
  }
  const view = await capacity.view();
  const next = await capacity.take(build.slot(2), limits, START_MS);
  return { taken: view.total, used: [...usedBy(view.slots)], next: next.kind };
}

test.each(['Pending', 'Running'] as const)(
  '%s for minutes after it was to go, it holds up no job of its repository',
  async (status) => {
    expect(await afterSweeps(status, DELETION_STUCK_MS + 1)).toEqual({
      ...{ taken: 1, used: [ALL], next: 'taken' },
    });
  },
);

test.each([
  ['Pending', DELETION_STUCK_MS, {}],
  ['Running', DELETION_STUCK_MS, {}],
  ['Pending', DELETION_STUCK_MS + 1, { keep: 'look' }],
] as const)('%s after %i ms (tags: %o), it is its repository’s', async (status, retiredForMs, tags) => {
  expect(await afterSweeps(status, retiredForMs, tags)).toEqual({
    ...{ taken: 1, used: [ALL, OWN], next: 'limited' },
  });
});
