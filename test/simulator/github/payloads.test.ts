import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { connected, LABELS, openWorld } from '../../shared/adapters/github/world.ts';

type Json = Record<string, unknown>;
const examples = createRequire(import.meta.url)('@octokit/webhooks-examples/api.github.com/index.json') as {
  name: string;
  examples: Json[];
}[];

/** Every path of `example` that `ours` lacks, or fills with another kind of value. Null and absent lists are free. */
function missing(example: unknown, ours: unknown, path = ''): string[] {
  if (example === null || ours === null || Array.isArray(example)) return [];
  // Numbers in the examples, texts in GitHub's newer description (test/foreign): the latter holds.
  if (/^\.installation\.(created|updated)_at$/.test(path)) return [];
  if (typeof example !== typeof ours) return [`${path}: ${typeof ours}, not ${typeof example}`];
  if (typeof example !== 'object') return [];
  return Object.entries(example).flatMap(([key, value]) =>
    key in (ours as Json)
      ? missing(value, (ours as Json)[key], `${path}.${key}`)
      : [`${path}.${key} is missing`],
  );
}

/** GitHub's examples of `ping` are of a repository's and an organisation's hook; an App's has neither. */
const ofApp = ({ zen, hook_id, hook }: Json): Json => ({ zen, hook_id, hook });
const EVENTS = ['ping', 'installation', 'workflow_run'];

test('every delivery has all that GitHub shows in its example of that event and action', async () => {
  const w = await openWorld('process', { announcesRuns: true });
  const gated = { name: 'gated', labels: ['x'], environmentGate: true };
  w.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'a', labels: LABELS }, gated] });
  const { session } = await connected(w, 'r');
  w.github.ping();
  await w.pass(10_000);
  session.finishJob('success');
  await w.pass(10_000);
  const seen = new Set<string>();
  for (const { headers, body } of w.delivered) {
    const event = headers['x-github-event'] ?? '';
    const ours = JSON.parse(body.toString('utf8')) as Json;
    const own = examples.find(({ name }) => name === event)?.examples ?? [];
    const alike = own.filter(
      ({ action, deployment, installation }) =>
        action === ours.action &&
        (EVENTS.includes(event) || ours.action === 'completed' || installation !== undefined) &&
        (deployment === undefined) === (ours.deployment === undefined),
    );
    seen.add(`${event} ${ours.action ?? ''}`.trim());
    const gaps = alike.map((example) => missing(event === 'ping' ? ofApp(example) : example, ours));
    expect(gaps.sort((a, b) => a.length - b.length)[0], `${event} ${ours.action}`).toEqual([]);
  }
  expect([...seen].sort()).toEqual([
    'installation created',
    'ping',
    'workflow_job completed',
    'workflow_job in_progress',
    'workflow_job queued',
    'workflow_job waiting',
    'workflow_run requested',
  ]);
});

test('a personal account has no organisation in its deliveries', async () => {
  const w = await openWorld('process');
  w.github.addUser('jo');
  w.github.addRepository('jo/tool', { isPublic: true });
  w.github.install('jo');
  w.github.queueRun({ repository: 'jo/tool', jobs: [{ name: 'a', labels: LABELS }] });
  await w.pass(10_000);
  const ours = JSON.parse(w.delivered.at(-1)?.body.toString('utf8') ?? '') as Json;
  expect(ours).not.toHaveProperty('organization');
  expect(ours.repository).toMatchObject({ full_name: 'jo/tool', private: false, owner: { login: 'jo' } });
});

test('GitHub says nothing of a repository where the App is not installed, or suspended', async () => {
  const w = await openWorld('process');
  await w.pass(10_000);
  w.github.addOrganization('other');
  w.github.addRepository('other/x');
  w.github.suspend(w.installationId);
  await w.pass(10_000);
  const before = w.delivered.length;
  for (const repository of ['other/x', 'acme/app']) {
    w.github.queueRun({ repository, jobs: [{ name: 'a', labels: LABELS }] });
  }
  await w.pass(10_000);
  expect(w.delivered.length).toBe(before);
});
