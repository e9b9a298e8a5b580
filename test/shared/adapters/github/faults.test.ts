import { expect, test } from 'vitest';
import { GitHubFailed } from '../../../../shared/adapters/github/request.ts';
import type { Fault } from '../../../../simulator/github/wire.ts';
import { onBothTransports } from './transports.ts';
import { callsOf, connected, jobId, LABELS, name, openWorld, runId, type TestWorld } from './world.ts';

const JIT = 'generate-jitconfig';
/** As GitHub Enterprise Server says it, without a header. */
const ABUSE =
  'You have triggered an abuse detection mechanism. Please wait a few minutes before you try again.';
const runner = { name: name('ci-runner-arm64-spot-1-1'), labels: LABELS };

onBothTransports('what goes wrong on the way', (world) => {
  // biome-ignore format: a table reads best as a table.
  const mints: [fault: Fault, outcome: object][] = [
    [{ kind: 'secondary-limit', retryAfterS: 40 },              { kind: 'throttled', waitMs: 40_000 }],
    [{ kind: 'secondary-limit', retryAfterS: 40, status: 429 }, { kind: 'throttled', waitMs: 40_000 }],
    [{ kind: 'secondary-limit', retryAfterS: null },            { kind: 'throttled', waitMs: 60_000 }],
    [{ kind: 'primary-limit', resetInS: 900 },                  { kind: 'throttled', waitMs: 900_000 }],
    [{ kind: 'status', status: 429 },                           { kind: 'throttled', waitMs: 60_000 }],
    [{ kind: 'status', status: 403 },                           { kind: 'refused' }],
    [{ kind: 'status', status: 403, message: ABUSE },           { kind: 'throttled', waitMs: 60_000 }],
    [{ kind: 'status', status: 422 },                           { kind: 'refused' }],
  ];
  test.each(mints)('a mint that meets %j', async (fault, { waitMs, ...outcome }: { waitMs?: number }) => {
    const w = await world();
    w.fail('POST', JIT, fault);
    const due = waitMs === undefined ? {} : { retryAtMs: w.clock.nowMs() + waitMs };
    expect(await w.hub.mint(w.org, runner)).toMatchObject({ ...outcome, ...due });
    expect(w.github.runners()).toHaveLength(0);
  });

  test('a limit met while the token is asked for throttles the mint too', async () => {
    const w = await world();
    w.fail('POST', 'access_tokens', { kind: 'secondary-limit', retryAfterS: 30 });
    const outcome = await w.hub.mint(w.org, runner);
    expect(outcome).toEqual({ kind: 'throttled', retryAtMs: w.clock.nowMs() + 30_000 });
  });

  test('a group that GitHub will not tell is a throttled mint, not a missing group', async () => {
    const w = await world();
    w.fail('GET', 'runner-groups', { kind: 'secondary-limit', retryAfterS: 30 });
    expect(await w.hub.mint(w.org, runner)).toMatchObject({ kind: 'throttled' });
  });

  // biome-ignore format: a table reads best as a table.
  const lists: [fault: Fault, what: RegExp][] = [
    [{ kind: 'truncated' },           /malformed/],
    [{ kind: 'status', status: 401 }, /401/],
    [{ kind: 'status', status: 403 }, /403/],
    [{ kind: 'status', status: 404 }, /404/],
    [{ kind: 'status', status: 429 }, /429/],
    [{ kind: 'status', status: 500 }, /500/],
    [{ kind: 'hang-up', effect: 'before' }, /nothing/],
  ];
  test.each(lists)('a list that meets %j throws, and nothing is said to be absent', async (fault, what) => {
    const w = await world();
    await w.hub.mint(w.org, runner);
    for (const part of ['/actions/runners', '/app/hook/deliveries', '/installation/repositories']) {
      w.fail('GET', part, ...Array.from({ length: 20 }, () => fault));
    }
    for (const look of [
      () => w.hub.registrations(w.org),
      () => w.hub.deliveries(0),
      () => w.hub.repositories(w.org),
    ]) {
      await expect(look()).rejects.toThrow(GitHubFailed);
      await expect(look()).rejects.toThrow(what);
    }
  });

  test('a job that GitHub fails to show is not absent', async () => {
    const w = await world();
    const run = w.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'a', labels: LABELS }] });
    const id = jobId(w.github.jobsOf(run)[0]?.id ?? 0);
    w.fail(
      'GET',
      '/actions/jobs/',
      ...Array.from({ length: 5 }, (): Fault => ({ kind: 'status', status: 502 })),
    );
    await expect(w.hub.job(w.org, 'acme/app', id)).rejects.toThrow(/502/);
  });

  test('a list that shrinks or grows between its pages is not complete', async () => {
    const w = await world();
    for (let index = 0; index < 150; index++) {
      await w.asInstallation('POST', '/orgs/acme/actions/runners/generate-jitconfig', {
        name: `r-${index}`,
        runner_group_id: w.groupId,
        labels: ['a'],
      });
    }
    const [first] = w.github.runners();
    const { hub } = w;
    let looks = 0;
    w.onRequest = (method, path) => {
      if (method !== 'GET' || !path.endsWith('/actions/runners')) return;
      if (++looks === 2) void w.asInstallation('DELETE', `/orgs/acme/actions/runners/${first?.id}`);
    };
    expect((await hub.registrations(w.org)).complete).toBe(false);
    w.onRequest = () => undefined;
    expect(await hub.registrations(w.org)).toMatchObject({ complete: true, things: { length: 149 } });
  });

  test('a page that comes back empty in the middle of a list makes it incomplete', async () => {
    const w = await world();
    for (let index = 0; index < 150; index++) {
      const body = { name: `r-${index}`, runner_group_id: w.groupId, labels: ['a'] };
      await w.asInstallation('POST', '/orgs/acme/actions/runners/generate-jitconfig', body);
    }
    w.fail('GET', '/actions/runners', null, { kind: 'empty-page' });
    expect(await w.hub.registrations(w.org)).toMatchObject({ complete: false, things: { length: 100 } });
  });

  test('a token that GitHub does not know for its first seconds is tried again', async () => {
    const w = await world();
    w.fail('GET', '/actions/runners', { kind: 'status', status: 401 });
    expect((await w.hub.registrations(w.org)).complete).toBe(true);
  });

  test('a re-run is asked for once, whatever came back', async () => {
    const w = await world();
    const run = w.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'a', labels: LABELS }] });
    const { session } = await connected(w, 'r-1');
    await w.pass(10_000);
    session.finishJob('failure');
    w.fail('POST', 'rerun-failed-jobs', { kind: 'hang-up', effect: 'after' });
    await expect(w.hub.rerunFailedJobs(w.org, 'acme/app', runId(run.id))).rejects.toThrow(GitHubFailed);
    expect(callsOf(w, 'POST /repos/{owner}/{repo}/actions/runs/{id}/rerun-failed-jobs')).toBe(1);
    expect(await w.hub.run(w.org, 'acme/app', runId(run.id))).toMatchObject({ attempt: 2 });
  });

  test('an outage throws, and mends', async () => {
    const w = await world();
    w.github.setOutage(true);
    await expect(w.hub.mint(w.org, runner)).rejects.toThrow(GitHubFailed);
    await expect(w.hub.registrations(w.org)).rejects.toThrow(GitHubFailed);
    w.github.setOutage(false);
    expect((await w.hub.mint(w.org, runner)).kind).toBe('minted');
  });
});

/** Repeating is the client's part: only the wire has it. */
async function onTheWire(tell: (w: TestWorld) => Promise<void>): Promise<void> {
  const w = await openWorld('wire', {}, 1_000);
  try {
    await tell(w);
  } finally {
    await w.close();
  }
}

// biome-ignore format: a table reads best as a table.
const passing: [fault: Fault][] = [
  [{ kind: 'status', status: 500 }],
  [{ kind: 'status', status: 502 }],
  [{ kind: 'hang-up', effect: 'before' }],
  [{ kind: 'hang-up', effect: 'after' }],
  [{ kind: 'timeout', effect: 'before', ms: 60_000 }],
  [{ kind: 'timeout', effect: 'after', ms: 60_000 }],
  [{ kind: 'secondary-limit', retryAfterS: 1 }],
];
test.each(passing)('one mint that meets %j is tried again, and leaves one registration', (fault) =>
  onTheWire(async (w) => {
    w.fail('POST', JIT, fault);
    const outcome = await w.hub.mint(w.org, runner);
    expect(outcome).toMatchObject({ kind: 'minted' });
    expect(w.github.runners().map(({ id }) => id)).toEqual([outcome.kind === 'minted' && outcome.runnerId]);
  }),
);

test('what goes on failing is given up after three tries', () =>
  onTheWire(async (w) => {
    w.fail('POST', JIT, ...Array.from({ length: 9 }, (): Fault => ({ kind: 'status', status: 503 })));
    await expect(w.hub.mint(w.org, runner)).rejects.toThrow(/503/);
    expect(callsOf(w, `POST /orgs/{org}/actions/runners/${JIT}`)).toBe(3);
  }));

test('ten mints of one process are not paced to one a second', () =>
  onTheWire(async (w) => {
    const startedMs = performance.now();
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => w.hub.mint(w.org, { ...runner, name: name(`r-${index}`) })),
    );
    expect(w.github.runners()).toHaveLength(10);
    expect(performance.now() - startedMs).toBeLessThan(8_000);
  }));
