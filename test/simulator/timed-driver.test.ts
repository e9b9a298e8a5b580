/** A machine that is only played ends as the scripts in userdata/ would end it. */
import { expect, test } from 'vitest';
import { userData } from '../../shared/runner/user-data.ts';
import type { BootedMachine } from '../../simulator/ecs/index.ts';
import { seeded } from '../../simulator/random.ts';
import { timedDriver } from '../../simulator/timed-driver.ts';
import { LABELS, name, openWorld } from '../shared/adapters/github/world.ts';
import { SCRIPTS } from '../userdata/instance.ts';
import { VALUES } from '../userdata/values.ts';

const MINUTE_MS = 60_000;
const IDLE_MINUTES = 12;

/** `jitConfig` null: it is made ready, for no job yet. */
async function booted(jitConfig?: null) {
  const w = await openWorld('process');
  const minted = await w.hub.mint(w.org, { name: name('r'), labels: LABELS });
  if (minted.kind !== 'minted') throw new Error('not minted');
  const values = { ...VALUES, idleSeconds: IDLE_MINUTES * 60, jitConfig: minted.jitConfig };
  const lines: string[] = [];
  let stoppedAtMs: number | null = null;
  const beganAtMs = w.clock.nowMs();
  const machine: BootedMachine = {
    ...{ id: 'i-1', region: 'cn-hangzhou', zone: 'cn-hangzhou-k', instanceType: 'ecs.c8y.large' },
    ...{ cpu: 2, memoryGiB: 4, arch: 'arm64', spotPrice: null, clock: w.clock },
    userData: userData(jitConfig === null ? { ...values, jitConfig } : values, SCRIPTS),
    console: (line) => void lines.push(line),
    stop: () => {
      stoppedAtMs ??= w.clock.nowMs();
    },
    terminationAtMs: () => null,
  };
  const driver = timedDriver({ github: w.github, random: seeded(1), bootMs: [MINUTE_MS, MINUTE_MS] });
  const { command } = driver.boot(machine);
  return {
    ...{ w, lines, command, isOn: () => stoppedAtMs === null },
    upTo: (minutes: number) => w.clock.runUntil(beganAtMs + minutes * MINUTE_MS),
    runner: () => w.github.runners()[0],
    queue: (durationMs: number) => {
      const jobs = [{ name: 'a', labels: LABELS, durationMs }];
      const run = w.github.queueRun({ repository: 'acme/app', jobs });
      return () => w.github.jobsOf(run)[0]?.conclusion;
    },
  };
}

test('a runner that nobody gives a job to ends its machine, as late as its user data says', async () => {
  const { upTo, isOn, runner, lines } = await booted();
  await upTo(1 + IDLE_MINUTES - 0.1);
  expect([isOn(), runner()?.isOnline]).toEqual([true, true]);
  await upTo(1 + IDLE_MINUTES + 0.1);
  expect([isOn(), runner()?.isOnline]).toEqual([false, false]);
  expect(lines.at(-2)).toContain('runner.told_to_end because=no job came for 720 s');
  expect(lines.at(-1)).toContain('runner.ended status=0');
});

test('one that has a job is left to it, however long that takes, and how late it came', async () => {
  const { upTo, isOn, queue } = await booted();
  await upTo(IDLE_MINUTES);
  const conclusion = queue(3 * IDLE_MINUTES * MINUTE_MS);
  await upTo(3 * IDLE_MINUTES);
  expect([isOn(), conclusion()]).toEqual([true, null]);
  await upTo(5 * IDLE_MINUTES);
  expect([isOn(), conclusion()]).toEqual([false, 'success']);
});

test('a machine that somebody keeps goes on without its runner', async () => {
  const { w, upTo, isOn, runner, command } = await booted();
  const untilS = Math.floor(w.clock.nowMs() / 1000) + 3600;
  command?.(`printf '%s\\n' ${untilS} >/run/ci-runner/keep.new && mv`);
  await upTo(55);
  expect([isOn(), runner()?.isOnline]).toEqual([true, false]);
  await upTo(61);
  expect(isOn()).toBe(false);
});

test('one that is made ready has no runner, and its boot’s deadline alone', async () => {
  const { upTo, isOn, lines } = await booted(null);
  await upTo(9);
  expect(isOn()).toBe(true);
  await upTo(11);
  expect(isOn()).toBe(false);
  expect(lines.at(-1)).toContain('machine.prepared');
});
