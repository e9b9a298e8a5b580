/** Scaled time runs evenly on a quiet machine, and slower where cores are busy: what was waited for one does not count. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { scaledClock } from '../../simulator/clock.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const opened = (waits: (() => number) | null) => {
  const clock = scaledClock(10, 0, waits);
  const moments: number[] = [];
  clock.after(1_000, () => moments.push(clock.nowMs()));
  return { clock, moments };
};

test('where nobody waits for a core it is as many times as fast', () => {
  const { clock, moments } = opened(() => 0);
  vi.advanceTimersByTime(200);
  expect(clock.nowMs()).toBe(2_000);
  expect(moments).toEqual([1_000]);
  clock.stop();
});

test('what was waited for does not count, and appointments are kept by its own time', () => {
  const { clock, moments } = opened(() => 10);
  vi.advanceTimersByTime(120);
  expect(clock.nowMs(), 'half of each tick was waited for').toBeLessThanOrEqual(800);
  expect(moments).toEqual([]);
  vi.advanceTimersByTime(120);
  expect(moments).toHaveLength(1);
  expect(moments[0]).toBeGreaterThanOrEqual(1_000);
  clock.stop();
});

test('a wait that was longer than a tick is taken from the next ones, and time never goes back', () => {
  const waits = [0, 60, 0, 0, 0, 0, 0, 0];
  const { clock } = opened(() => waits.shift() ?? 0);
  const seen: number[] = [];
  for (let at = 0; at < 20; at++) {
    vi.advanceTimersByTime(10);
    seen.push(clock.nowMs());
  }
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(clock.nowMs()).toBe((200 - 60) * 10);
  clock.stop();
});

test('a thread that never rests slows the world, and does not stop it', () => {
  const { clock, moments } = opened(() => 20);
  vi.advanceTimersByTime(4_000);
  expect(moments).toHaveLength(1);
  clock.stop();
});

test('what was cancelled does not come, however late', () => {
  const { clock, moments } = opened(() => 10);
  const cancel = clock.after(500, () => moments.push(-1));
  vi.advanceTimersByTime(60);
  cancel();
  vi.advanceTimersByTime(1_000);
  expect(moments).not.toContain(-1);
  clock.stop();
});
