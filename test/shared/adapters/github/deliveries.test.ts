import { expect, test } from 'vitest';
import { onBothTransports } from './transports.ts';
import { callsOf, START_MS } from './world.ts';

onBothTransports('deliveries and releases', (world) => {
  test('deliveries are listed with all digits of their ids, back to a time, and can be asked for again', async () => {
    const w = await world();
    await w.pass(60_000);
    w.reply.status = 500;
    w.github.send('workflow_job', { action: 'queued', workflow_job: null });
    await w.pass(60_000);
    const sinceMs = w.clock.nowMs();
    w.github.ping();
    await w.pass(60_000);
    const all = await w.hub.deliveries(0);
    expect(all.things.map(({ event, statusCode }) => [event, statusCode])).toEqual([
      ['ping', 500],
      ['workflow_job', 500],
      ['installation', 202],
    ]);
    expect(all.things.map(({ id }) => id)).toEqual(w.github.deliveries.map(({ id }) => String(id)).reverse());
    expect(Number.isSafeInteger(Number(all.things[0]?.id))).toBe(false);
    const recent = await w.hub.deliveries(sinceMs);
    expect(recent).toMatchObject({ complete: true, things: [{ event: 'ping' }] });
    w.reply.status = 202;
    expect(await w.hub.redeliver(all.things[0]?.id ?? '')).toBe('asked');
    expect(await w.hub.redeliver('404'), 'GitHub keeps it no more').toBe('gone');
    await w.pass(10_000);
    const [newest] = (await w.hub.deliveries(sinceMs)).things;
    expect(newest).toMatchObject({ guid: all.things[0]?.guid, statusCode: 202, event: 'ping' });
  });

  test('deliveries beyond one page follow the cursor', async () => {
    const w = await world();
    for (let index = 0; index < 250; index++) w.github.send('workflow_job', { action: 'queued', index });
    await w.pass(60_000);
    const { things, complete } = await w.hub.deliveries(0);
    expect([new Set(things.map(({ id }) => id)).size, complete]).toEqual([251, true]);
    expect(callsOf(w, 'GET /app/hook/deliveries')).toBe(3);
  });

  test('the latest runner release is known by version, day and archives', async () => {
    const w = await world();
    const release = (version: string, publishedAtMs: number) => ({
      ...{ version, publishedAtMs },
      assets: ['x64', 'arm64'].map((arch) => ({
        name: `actions-runner-linux-${arch}-${version}.tar.gz`,
        ...{ url: `https://github.com/${arch}`, sha256: 'a'.repeat(64), sizeBytes: 9 },
      })),
    });
    w.github.setRunnerReleases([release('2.334.0', START_MS - 1_000), release('2.333.1', START_MS - 9_000)]);
    expect(await w.hub.latestRunner()).toMatchObject({
      ...{ version: '2.334.0', publishedAtMs: START_MS - 1_000 },
      archives: { arm64: { url: 'https://github.com/arm64', sha256: 'a'.repeat(64), sizeBytes: 9 } },
    });
  });
});
