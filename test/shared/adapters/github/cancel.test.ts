import { expect, test } from 'vitest';
import { onBothTransports } from './transports.ts';
import { runId } from './world.ts';

onBothTransports('cancelling', (world) => {
  test('a run is cancelled, with what of it waits; then there is nothing to cancel', async () => {
    const w = await world();
    const labels = ['self-hosted'];
    const run = w.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'build', labels }] });
    expect(await w.hub.cancelRun(w.org, 'acme/app', runId(run.id))).toBe('asked');
    expect(w.github.jobsOf(run).map(({ conclusion }) => conclusion)).toEqual(['cancelled']);
    expect(await w.hub.cancelRun(w.org, 'acme/app', runId(run.id))).toBe('over');
    expect(await w.hub.cancelRun(w.org, 'acme/app', runId(1))).toBe('refused');
  });

  test('an App that may not cancel is told so, and a failure is thrown', async () => {
    const w = await world({
      permissions: { actions: 'read', metadata: 'read', organization_self_hosted_runners: 'write' },
    });
    const run = w.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'build', labels: ['x'] }] });
    expect(await w.hub.cancelRun(w.org, 'acme/app', runId(run.id))).toBe('refused');
  });
});
