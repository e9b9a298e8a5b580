/** What the webhook refuses is told to people by others, once in a while. */
import { describe, expect, test } from 'vitest';
import { REFUSAL_TOLD_MS, REFUSALS_KNOWN_MAX, seldom } from '../../../functions/webhook/seldom.ts';
import { OURS, open, queue } from '../../cli/explain/fixture.ts';
import { callWebhook, deliver, queued, RULES } from './deliveries.ts';

describe('a job that is refused here', () => {
  const public_ = { private: false, visibility: 'public' };
  const elsewhere = { full_name: 'other/kernel' };

  test.each([
    ['from outside the allow-list', { repository: elsewhere }],
    ['of a public repository', { repository: public_ }],
  ])('%s is handed to the launcher, which tells people, and answered as before', async (_what, some) => {
    const seen = await callWebhook(deliver(queued(some)));
    expect(seen.reply.status).toBe(200);
    expect(seen.launched).toMatchObject([{ kind: 'queued' }]);
    const lost = await callWebhook(deliver(queued(some)), { refuse: 'ResourceExhausted' });
    expect(lost.reply, 'also where that fails').toEqual(seen.reply);
  });

  test('is told once an hour for each repository and reason, however many come', async () => {
    let nowMs = 0;
    const mayTell = seldom({ nowMs: () => nowMs });
    const told = async (some: object) =>
      (await callWebhook(deliver(queued(some)), { mayTell })).launched.length;
    const first = [await told({ repository: elsewhere }), await told({ repository: public_ })];
    expect([...first, await told({ repository: elsewhere })]).toEqual([1, 1, 0]);
    nowMs = REFUSAL_TOLD_MS;
    expect(await told({ repository: elsewhere })).toBe(1);
  });

  test('for its labels, which the launcher would read otherwise, is not handed on', async () => {
    const labels = [...RULES.baseLabels, ...Array.from({ length: 99 }, (_, at) => `l${at}`)];
    expect((await callWebhook(deliver(queued({ labels })))).launched).toEqual([]);
  });
});

test('what was told is forgotten when too much else was', () => {
  const mayTell = seldom({ nowMs: () => 0 });
  for (let at = 0; at <= REFUSALS_KNOWN_MAX; at++) expect(mayTell(`${at}`)).toBe(true);
  expect([mayTell('1'), mayTell('0')]).toEqual([false, true]);
});

test('a matrix of a repository that may not have runners leaves one refusal and one alert, and nothing is made', async () => {
  const alerts: string[] = [];
  const world = await open({ post: async (text) => void alerts.push(text) });
  world.github.addRepository('acme/open', { isPublic: true });
  const jobs = [1, 2, 3].map(() => queue(world, OURS, {}, 'acme/open'));
  await world.pass(5 * 60_000);
  const { history, refusals, jobs: waiting } = world.adapters().ledger;
  const { things } = await history.ofDay(world.clock.nowMs(), 10);
  expect(things).toMatchObject([{ outcome: 'refused' }]);
  expect(jobs.map(({ id }) => id)).toContain(things[0]?.job.id);
  expect(alerts).toEqual([
    expect.stringMatching(/^The job \d+ of acme\/open was refused because .*public says refuse/),
  ]);
  expect((await waiting.list(10)).things).toEqual([]);
  expect((await refusals.list(10)).things.length, 'at most one is left for the check').toBeLessThan(2);
  expect(world.ecs.alive()).toEqual([]);
  world.fc.close();
});
