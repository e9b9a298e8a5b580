import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { gitHubOver } from '../../../../shared/adapters/github/adapter.ts';
import { gitHubClient } from '../../../../shared/adapters/github/client.ts';
import { redact } from '../../../../shared/adapters/github/request.ts';
import type { GitHub } from '../../../../shared/ports.ts';
import { serveGitHub } from '../../../../simulator/github/serve.ts';
import type { Fault } from '../../../../simulator/github/wire.ts';
import { APP_ID, PRIVATE_KEY_PEM } from './jwt.ts';
import { alone, jobId, LABELS, name, openWorld, runId } from './world.ts';

// biome-ignore format: a table reads best as a table.
const secrets: [what: string, text: string, left: string][] = [
  ['an installation token', 'used ghs_AbCdEf0123456789 here',                  'used [token] here'],
  ['a JWT',                 'sent eyJhbGciOi.eyJpYXQiOjE3.c2ln-bmF0dXJl on',   'sent [jwt] on'],
  ['a JIT config',          `got ${'QUJDREVGR0g='.repeat(20)} back`,            'got [removed] back'],
  ['a proxy password',      'at http://jo:hunter2@proxy:3128 now',             'at http://proxy:3128 now'],
];
test.each(secrets)('%s is taken out of a message', (_what, text, left) => {
  expect(redact(text)).toBe(left);
});

test('no error and no log line holds a token, a JWT, a config or a key, whatever fails', async () => {
  const seen = new Set<string>();
  const said: unknown[] = [];
  let fault: Fault | null = null;
  const w = await openWorld('process', { faults: () => fault });
  const served = await serveGitHub({
    request: async (request, origin) => {
      seen.add(request.headers.authorization?.split(' ')[1] ?? '');
      const answer = await w.github.request(request, origin);
      const { token, encoded_jit_config } = (answer?.body ?? {}) as Record<string, string | undefined>;
      for (const secret of [token, encoded_jit_config]) if (secret !== undefined) seen.add(secret);
      // GitHub's own messages are not to be trusted with it either.
      if (answer === null || answer.status < 400) return answer;
      return { ...answer, body: { message: `cannot ${request.headers.authorization}`, request } };
    },
  });
  // One for each fault: one alone would wait for GitHub's pace of writes.
  const open = () =>
    gitHubOver(
      gitHubClient({
        baseUrl: served.origin,
        egressProxy: null,
        appKey: async () => ({ appId: APP_ID, privateKeyPem: PRIVATE_KEY_PEM }),
        clock: w.clock,
        log: (event, fields) => said.push(event, fields),
        pauseMs: 1,
      }),
      { clock: w.clock, runnerGroup: 'ci-runners', ...alone() },
    );
  const run = w.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'a', labels: LABELS }] });
  const job = jobId(w.github.jobsOf(run)[0]?.id ?? 0);
  const asks = (hub: GitHub): (() => Promise<unknown>)[] => [
    () => hub.mint(w.org, { name: name('r-1'), labels: LABELS }),
    () => hub.registrations(w.org),
    () => hub.removeRunner(w.org, 1),
    () => hub.job(w.org, 'acme/app', job),
    () => hub.run(w.org, 'acme/app', runId(run.id)),
    () => hub.rerunFailedJobs(w.org, 'acme/app', runId(run.id)),
    () => hub.deliveries(0),
    () => hub.redeliver('1'),
    () => hub.latestRunner(),
  ];
  const faults: (Fault | null)[] = [
    null,
    ...[401, 403, 404, 409, 422, 429, 500].map((status): Fault => ({ kind: 'status', status })),
    { kind: 'hang-up', effect: 'after' },
    { kind: 'truncated' },
  ];
  try {
    const minted = await open().mint(w.org, { name: name('r-0'), labels: LABELS });
    expect(minted.kind).toBe('minted');
    for (const one of faults) {
      const hub = open();
      fault = null;
      await hub.registrations(w.org);
      fault = one;
      for (const ask of asks(hub)) {
        const outcome = await ask().catch((error: unknown) => error);
        const isMinted = (outcome as { kind?: string })?.kind === 'minted';
        if (!isMinted) said.push(outcome);
      }
    }
  } finally {
    await served.close();
  }
  const text = inspect(said, { depth: 6, maxStringLength: null, maxArrayLength: null });
  const leaked = [...seen].filter((secret) => secret.length > 8 && text.includes(secret));
  expect(seen.size).toBeGreaterThan(20);
  expect(said.length).toBeGreaterThan(60);
  expect(leaked).toEqual([]);
  expect(text).not.toContain('PRIVATE KEY');
});

test('of an answer of megabytes the beginning is looked through, and no secret is cut in half', () => {
  // Each eyJ may begin a JWT: to look for the end of each of a million took minutes.
  expect(redact(`no JSON: ${'eyJ'.repeat(1_000_000)}`)).toBe('no JSON: ');
  const password = `http://jo:hunter2${'h'.repeat(60)}@proxy`;
  expect(redact(`eyJ${'a'.repeat(3_960)}.b.c ${password}`)).toBe('[jwt] ');
});
