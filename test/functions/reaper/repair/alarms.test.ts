/** What a person must know of: a stranger's job on our runner, and why a boot failed. */
import { expect, test } from 'vitest';
import { recordStart } from '../../../../functions/reaper/events/record-start.ts';
import { act } from '../../../../functions/reaper/repair/act.ts';
import { verdict } from '../../../../functions/reaper/repair/verdict.ts';
import { gatherEvidence } from '../../../../functions/reaper/survey/evidence.ts';
import type { Instance, Job } from '../../../../shared/nouns.ts';
import { build, held } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { openReaper } from '../fixture.ts';

const name = build.runnerName('1-1');
const MINUTE_MS = 60_000;

test('a job from outside the allow-list on a runner of ours is told, once for its repository', async () => {
  const { world, alerts, lines } = openReaper({
    config: { repositories: { allow: ['acme/kernel'] } },
    github: { run: async () => null, cancelRun: async () => 'asked' },
  });
  await world.ledger.runners.add(name, build.runnerEntry('1-1', { state: 'idle', runnerId: 9 }));
  const start = (id: number, repository: string) =>
    recordStart(
      {
        kind: 'in_progress',
        job: build.job(id, { repository }),
        delivery: 'd',
        runner: { id: 9, name },
        startedAtMs: START_MS,
      },
      world,
    );
  await start(5, 'acme/stranger');
  await start(5, 'acme/stranger');
  await start(1, 'acme/kernel');
  expect(alerts).toHaveLength(1);
  expect(alerts[0]).toContain(
    'acme/stranger, which is refused because the repository is not under repositories.allow',
  );
  const events = lines.filter(({ event }) => event === 'security.foreign_job');
  expect(events).toHaveLength(2);
  expect(events[0]).toMatchObject({ job: 5, repository: 'acme/stranger', runner: name });
});

const MACHINE: Instance = {
  id: 'i-1',
  region: 'cn-hangzhou',
  status: 'Stopped',
  instanceType: 'ecs.c8y.2xlarge',
  zone: 'cn-hangzhou-h',
  createdAtMs: START_MS,
  releaseAtMs: null,
  capacityType: 'spot',
  isRecycling: false,
  name: '',
  securityGroupIds: ['sg-cn-hangzhou'],
  vSwitchId: 'vsw-cn-hangzhou-h',
  tags: {},
};

/** A boot that failed; what `history` keeps of its console. */
async function traceOf(consoleOutput: () => Promise<string | null>, endedOn: Partial<Job> | null = null) {
  const deleted: string[] = [];
  const { world } = openReaper({
    instances: {
      consoleOutput,
      terminate: async (_, id) => {
        deleted.push(id);
        return 'asked';
      },
    },
  });
  const job = build.job(1, { createdAtMs: START_MS, ...endedOn });
  if (endedOn === null) await world.ledger.jobs.add(job.id, build.jobEntry(1, { job }));
  else await world.ledger.history.merge({ job, outcome: 'cancelled' });
  await world.ledger.runners.add(
    name,
    build.runnerEntry('1-1', {
      ...{ state: 'booting', instanceId: 'i-1', region: 'cn-hangzhou', createdAtMs: START_MS + MINUTE_MS },
    }),
  );
  const observation = {
    ...{ name, held: held(await world.ledger.runners.read(name)), instances: [MACHINE], registration: null },
    ...{ isGone: false, waiting: null, isJobOpen: false, bootMaxMs: 0 },
  };
  const retired = verdict('retire', 'its machine stopped without a job');
  await act(observation, retired, gatherEvidence(START_MS, world), world);
  const row = await world.ledger.history.read(job.createdAtMs, job.id);
  return { row, deleted };
}

test('a boot that failed leaves the end of its console, scrubbed, before its machine is deleted', async () => {
  const { row, deleted } = await traceOf(
    async () => `${'x\n'.repeat(5_000)}token=abc123\nbootstrap: no route to host\n`,
  );
  expect(row?.because).toBe('a boot failed: its machine stopped without a job');
  expect(row?.consoleTail).toMatch(/bootstrap: no route to host\n$/);
  expect(row?.consoleTail?.length).toBeLessThanOrEqual(2_000);
  expect(row?.consoleTail).not.toContain('abc123');
  expect(deleted).toEqual(['i-1']);
});

test('how its runner ended is read from all of the console, not from what is kept of it', async () => {
  const { row } = await traceOf(
    async () => `2026-11-28T10:00:00Z +9s runner.ended status=7\n${'x\n'.repeat(3_000)}`,
  );
  expect(row?.because).toMatch(/^GitHub refuses runner /);
  expect(row?.consoleTail).not.toContain('status=7');
});

test('a machine that is gone has no console, and that is what is kept', async () => {
  const { row } = await traceOf(async () => null);
  expect(row?.consoleTail).toBe('(the machine was gone before its console was read)');
});

test('a console that cannot be read keeps no machine alive', async () => {
  const { row, deleted } = await traceOf(async () => {
    throw new Error('ECS answered 500');
  });
  expect(row?.consoleTail).toBe('(the console could not be read: ECS answered 500)');
  expect(deleted).toEqual(['i-1']);
});

test.each([
  ['on the day of its launch', START_MS],
  ['the day before', START_MS - 20 * 60 * MINUTE_MS],
])('a job that ended meanwhile keeps the console of its boot too: created %s', async (_, createdAtMs) => {
  const { row, deleted } = await traceOf(async () => 'systemd: up\nbootstrap: no route to host\n', {
    createdAtMs,
  });
  expect(row).toMatchObject({
    outcome: 'cancelled',
    because: 'a boot failed: its machine stopped without a job',
    consoleTail: expect.stringMatching(/\nbootstrap: no route to host\n$/),
  });
  expect(deleted).toEqual(['i-1']);
});
