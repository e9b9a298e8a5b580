/** Check runs through the adapter: one of each external id, whatever becomes of an answer. */
import { expect, test } from 'vitest';
import type { CheckRun } from '../../../../shared/check-runs/check-runs.ts';
import { onBothTransports } from './transports.ts';
import { callsOf, LABELS, openWorld, type TestWorld } from './world.ts';

const POST = 'POST /repos/{owner}/{repo}/check-runs';

function checkOf(w: TestWorld, some: Partial<CheckRun> = {}): CheckRun {
  const { headSha } = w.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'a', labels: LABELS }] });
  return {
    ...{ headSha, name: 'runners: CI', externalId: 'run-1', detailsUrl: 'https://github.com/acme/app' },
    ...{ title: 'Waits', summary: '| job |\n|---|\n| a |', ...some },
  };
}

onBothTransports('check runs', (world) => {
  test('one is made, and changed by its id', async () => {
    const w = await world();
    const check = checkOf(w);
    const made = await w.hub.writeCheck(w.org, 'acme/app', check, null);
    if (made.kind !== 'written') throw new Error(made.kind);
    const next = { ...check, title: 'Ended' };
    expect(await w.hub.writeCheck(w.org, 'acme/app', next, made.checkId)).toEqual(made);
    expect(w.github.checkRuns()).toMatchObject([
      {
        ...{ id: made.checkId, headSha: check.headSha, name: 'runners: CI', externalId: 'run-1' },
        ...{ status: 'completed', conclusion: 'neutral', detailsUrl: 'https://github.com/acme/app' },
        output: { title: 'Ended', summary: check.summary },
      },
    ]);
  });

  test('one whose answer was lost is found again: none is made twice', async () => {
    const w = await world();
    const check = checkOf(w);
    w.fail('POST', '/check-runs', { kind: 'hang-up', effect: 'after' });
    await expect(w.hub.writeCheck(w.org, 'acme/app', check, null)).rejects.toThrow(/nothing/);
    expect(callsOf(w, POST)).toBe(1);
    expect(await w.another().findCheck(w.org, 'acme/app', check)).toEqual({
      kind: 'seen',
      checkId: w.github.checkRuns()[0]?.id,
    });
  });

  test('another of the same name on the same commit is not taken for it', async () => {
    const w = await world();
    const check = checkOf(w);
    const made = await w.hub.writeCheck(w.org, 'acme/app', check, null);
    const other = { ...check, externalId: 'run-2' };
    expect(await w.hub.findCheck(w.org, 'acme/app', other)).toEqual({ kind: 'unseen' });
    await w.hub.writeCheck(w.org, 'acme/app', other, null);
    expect(await w.hub.findCheck(w.org, 'acme/app', check)).toEqual({ ...made, kind: 'seen' });
  });

  test('a list that lacked it for once is not kept: the next look is GitHub’s own answer', async () => {
    const w = await world();
    const check = checkOf(w);
    const made = await w.hub.writeCheck(w.org, 'acme/app', check, null);
    w.fail('GET', '/check-runs', { kind: 'empty-page' });
    expect(await w.hub.findCheck(w.org, 'acme/app', check)).toEqual({ kind: 'unseen' });
    expect(await w.hub.findCheck(w.org, 'acme/app', check)).toEqual({ ...made, kind: 'seen' });
  });

  test('a list that GitHub does not give shows nothing, and no absence', async () => {
    const w = await world();
    const check = checkOf(w);
    await w.hub.writeCheck(w.org, 'acme/app', check, null);
    const out = { kind: 'status', status: 500 } as const;
    w.fail('GET', '/check-runs', out, out, out);
    await expect(w.another().findCheck(w.org, 'acme/app', check)).rejects.toThrow(/500/);
  });

  test('a missing permission, a limit, and what is gone are told apart', async () => {
    const w = await world({ permissions: { actions: 'write', metadata: 'read' } });
    const check = checkOf(w);
    expect(await w.hub.findCheck(w.org, 'acme/app', check)).toMatchObject({ kind: 'not-permitted' });
    expect(await w.hub.writeCheck(w.org, 'acme/app', check, null)).toMatchObject({ kind: 'not-permitted' });
    expect(await w.hub.writeCheck(w.org, 'acme/app', check, 17)).toMatchObject({ kind: 'not-permitted' });
    const may = await world();
    const other = checkOf(may);
    const gone = { ...other, headSha: 'f'.repeat(40) };
    expect(await may.hub.findCheck(may.org, 'acme/app', gone)).toMatchObject({ kind: 'refused' });
    expect(await may.hub.writeCheck(may.org, 'acme/app', gone, null)).toMatchObject({ kind: 'refused' });
    expect(await may.hub.writeCheck(may.org, 'acme/app', other, 17)).toMatchObject({ kind: 'refused' });
    may.fail('POST', '/check-runs', { kind: 'secondary-limit', retryAfterS: 60 });
    expect(await may.hub.writeCheck(may.org, 'acme/app', other, null)).toEqual({
      kind: 'throttled',
      retryAtMs: may.clock.nowMs() + 60_000,
    });
  });
});

test('more texts than GitHub takes would be refused, not cut', async () => {
  const w = await openWorld('process');
  const check = checkOf(w, { summary: 'x'.repeat(65_536) });
  expect(await w.hub.writeCheck(w.org, 'acme/app', check, null)).toMatchObject({ kind: 'refused' });
});
