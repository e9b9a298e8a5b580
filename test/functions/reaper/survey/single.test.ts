/** A list of runners that moved proves nobody absent: docs/decisions/absence.md. */
import { describe, expect, test } from 'vitest';
import { survey } from '../../../../functions/reaper/survey/survey.ts';
import { SINGLE_ASKS_MAX } from '../../../../shared/github-limits.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { Registration } from '../../../../shared/nouns.ts';
import type { GitHub } from '../../../../shared/ports.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { openReaper, QUIET } from '../fixture.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('a list of runners that moved', () => {
  const entry = (n: number, some: Partial<RunnerEntry>) =>
    build.runnerEntry(`${n}-1`, {
      leaseUntilMs: 0,
      stateAtMs: START_MS - HOUR_MS,
      repository: 'acme/app',
      ...some,
    });

  async function surveyed(
    entries: readonly RunnerEntry[],
    registration: GitHub['registration'],
    complete = false,
  ) {
    const asked: string[] = [];
    const each = openReaper({
      ...QUIET,
      github: {
        ...QUIET.github,
        registrations: async () => ({ things: [], complete }),
        registration: async (target, runner) => {
          asked.push(`${runner.name} ${runner.id}`);
          return registration(target, runner);
        },
      },
    });
    for (const one of entries) await each.world.ledger.runners.add(one.name, one);
    return { seen: await survey(each.world), asked };
  }

  test('is made up for by asking about each alone whom it left out, and who is judged for it', async () => {
    const entries = [
      entry(1, { state: 'idle', runnerId: 11 }),
      entry(2, { state: 'busy', runnerId: 12 }),
      entry(3, { state: 'launching', runnerId: null }),
      entry(4, { state: 'booting', runnerId: 14 }),
      entry(5, { state: 'booting', runnerId: 15, stateAtMs: START_MS }),
      entry(6, { state: 'launching', runnerId: 16, leaseUntilMs: START_MS + MINUTE_MS }),
      entry(7, { state: 'retiring', runnerId: 17 }),
    ];
    const idle: Registration = {
      id: 11,
      name: build.runnerName('1-1'),
      isOnline: true,
      isBusy: false,
      labels: [],
    };
    const { seen, asked } = await surveyed(entries, async (_, { id }) => (id === 11 ? idle : null));
    expect(asked.toSorted()).toEqual(
      [1, 2, 3, 4].map((n) => `${build.runnerName(`${n}-1`)} ${n === 3 ? null : 10 + n}`),
    );
    expect(seen.registrations.map(({ name }) => name)).toEqual([idle.name]);
    expect([...seen.singly].toSorted()).toEqual([1, 2, 3, 4].map((n) => build.runnerName(`${n}-1`)));
    expect(seen.registrationsComplete).toBe(false);
  });

  test('a whole list needs no question', async () => {
    const { asked } = await surveyed([entry(1, { state: 'idle' })], async () => null, true);
    expect(asked).toEqual([]);
  });

  test('what is not answered proves nothing, and after a failure nobody else is asked', async () => {
    const entries = Array.from({ length: 100 }, (_, n) => entry(n + 1, { state: 'idle', runnerId: n }));
    const { seen, asked } = await surveyed(entries, async () => {
      throw new Error('GitHub answered 502');
    });
    expect(seen.singly.size).toBe(0);
    expect(asked.length).toBeLessThanOrEqual(8);
  });

  test('no sweep asks about more than its bound', async () => {
    const entries = Array.from({ length: 100 }, (_, n) => entry(n + 1, { state: 'idle', runnerId: n }));
    expect((await surveyed(entries, async () => null)).asked).toHaveLength(SINGLE_ASKS_MAX);
  });
});
