/** Whatever a runner was at when its place at GitHub was lost: machine and slot come back within a bound, and it is told. */
import { describe, expect, test } from 'vitest';
import { ALERT_REPEAT_MS } from '../../../../shared/limits.ts';
import { MINUTE_MS, PLACES, REACHABLE, STATES } from './unreachable-places.ts';
import { sweptAway } from './unreachable-world.ts';

const LOST =
  /could not be looked at .*a launch without a machine gives its slot back after an hour|not the host in runners\.yaml/;
/** Ten sweeps in a row. */
const TOLD_AFTER_MIN = 11;

describe.each(Object.entries(PLACES))('at %s,', (_place, place) => {
  test.each(Object.entries(STATES))('%s', async (_state, state) => {
    const { left, slots, cloud, alerts, lines, asked, tookMin } = await sweptAway(place, state);
    expect(left, `after ${tookMin} minutes`).toBeNull();
    expect(slots).toEqual([]);
    expect(cloud.isThere).toBe(false);
    // GitHub's silence ends no machine that may have a job.
    if (state.mayHaveJob) expect(cloud.deletedAfterMin).toBeGreaterThanOrEqual(state.stopsAfterMin ?? 0);
    expect(lines.filter(({ event }) => String(event).startsWith('security'))).toEqual([]);
    const told = alerts.filter((text) => LOST.test(text));
    expect(told.length).toBeLessThanOrEqual(Math.ceil((tookMin * MINUTE_MS) / ALERT_REPEAT_MS));
    if (tookMin > TOLD_AFTER_MIN) expect(told).not.toEqual([]);
    // The same id may be somebody else's there.
    if (place.refuses === null) expect(asked.filter(({ what }) => what === 'removal')).toEqual([]);
  });
});

test.each(Object.entries(REACHABLE))(
  'at %s: it is asked for, and taken off, where it is',
  async (_, { repository, ...place }) => {
    const idle = STATES['an idle one'] as NonNullable<(typeof STATES)[string]>;
    const noJob = { ...idle, entry: { ...idle.entry, for: null }, isAlone: true };
    const { left, asked, cloud, tookMin } = await sweptAway(place, noJob);
    expect(left).toBeNull();
    const removals = asked.filter(({ what }) => what === 'removal').map(({ target }) => target);
    expect(removals).toEqual([expect.objectContaining({ owner: 'acme', repository })]);
    // Not by its own stop: two sightings, a removal that was accepted, a look for a job that names it.
    expect(tookMin).toBeLessThan(10);
    expect(cloud.isThere).toBe(false);
  },
);
