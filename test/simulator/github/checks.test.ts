/** What the simulated GitHub takes as a check run, what it refuses, and how a person sees it. */
import { expect, test } from 'vitest';
import { LABELS, openWorld, type TestWorld } from '../../shared/adapters/github/world.ts';

const CHECKS = '/repos/acme/app/check-runs';
const output = { title: 'Waits', summary: 'for a runner' };

async function open(options: Parameters<typeof openWorld>[1] = {}) {
  const w = await openWorld('process', options);
  const { headSha } = w.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'a', labels: LABELS }] });
  const put = (body: object, id?: number) =>
    w.asInstallation(
      id === undefined ? 'POST' : 'PATCH',
      id === undefined ? CHECKS : `${CHECKS}/${id}`,
      body,
    );
  const made = async (body: object = {}) =>
    (await put({ name: 'runners', head_sha: headSha, external_id: '1', output, ...body })).body as {
      id: number;
    };
  return { w, headSha, put, made };
}

const listed = async (w: TestWorld, sha: string, query = '') =>
  (await w.asInstallation('GET', `/repos/acme/app/commits/${sha}/check-runs${query}`)).body as {
    total_count: number;
    check_runs: { id: number; name: string; external_id: string }[];
  };

test('a check run is made on a commit, changed, and listed beside the jobs of GitHub Actions', async () => {
  const { w, headSha, put, made } = await open();
  const { id } = await made();
  const changed = await put({ status: 'completed', conclusion: 'neutral' }, id);
  expect(changed.body).toMatchObject({
    id,
    status: 'completed',
    conclusion: 'neutral',
    head_sha: headSha,
    output,
  });
  const { check_runs } = await listed(w, headSha);
  expect(check_runs.map(({ name }) => name).sort()).toEqual(['a', 'runners']);
});

test('the list shows the latest of one name, unless all are asked for', async () => {
  const { w, headSha, made } = await open();
  await made();
  await made({ external_id: '2' });
  const latest = await listed(w, headSha, '?check_name=runners');
  expect(latest.check_runs.map(({ external_id }) => external_id)).toEqual(['2']);
  expect((await listed(w, headSha, '?check_name=runners&filter=all')).total_count).toBe(2);
});

// biome-ignore format: a table reads best as a table.
const REFUSED: readonly [what: string, body: object, message: RegExp][] = [
  ['a commit that is not there', { head_sha: 'f'.repeat(40) }, /^No commit found for SHA: ffff/],
  ['too long a text', { output: { title: 'x', summary: 'y'.repeat(65_536) } }, /Only 65535 characters are allowed; 65536 were supplied/],
  ['an output without a title', { output: { summary: 'y' } }, /./],
  ['an end without a conclusion', { status: 'completed' }, /"conclusion" wasn't supplied/],
  ['a conclusion that is none', { conclusion: 'fine' }, /./],
];

test.each(REFUSED)('%s is refused', async (_, body, message) => {
  const { headSha, put } = await open();
  const answer = await put({ name: 'runners', head_sha: headSha, output, ...body });
  expect(answer.status).toBe(422);
  expect((answer.body as { message: string }).message).toMatch(message);
});

test("without the permission nothing is made or listed; another App's check run is not changed", async () => {
  const { w, headSha, put } = await open({ permissions: { actions: 'write', metadata: 'read' } });
  expect((await put({ name: 'runners', head_sha: headSha })).status).toBe(403);
  expect((await w.asInstallation('GET', `/repos/acme/app/commits/${headSha}/check-runs`)).status).toBe(403);
  const other = await open();
  const [job] = other.w.github.queued();
  expect((await other.put({ output }, job?.id)).status).toBe(403);
});

test('80 a minute and 500 an hour are made or changed, and no more', async () => {
  const { w, made, put } = await open();
  const { id } = await made();
  const changes = async (count: number) => {
    let taken = 0;
    for (let at = 0; at < count; at++) if ((await put({ output }, id)).status === 200) taken++;
    await w.pass(60_000);
    return taken;
  };
  expect(await changes(85)).toBe(79);
  let inAll = 80;
  for (let minute = 0; minute < 7; minute++) inAll += await changes(80);
  expect(inAll).toBe(500);
});

test('a workflow that runs on check runs is started by each that is completed', async () => {
  const onCheckRun = { 'acme/app': [{ name: 'await', labels: LABELS }] };
  const { w, made } = await open({ onCheckRun });
  await made({ conclusion: 'neutral' });
  expect(w.github.queued().map(({ run }) => run.event)).toEqual(['push', 'check_run']);
});

test('a person sees each check with its title and its words; what was not escaped becomes what it says', async () => {
  const { w, headSha, made } = await open();
  const summary = '| job | |\n|---|---|\n| `a` | **waits** for &#64;me, not @you \\*\\* <b> |';
  await made({ conclusion: 'neutral', output: { title: 'Waits & <waits>', summary } });
  const page = w.github.page(`/acme/app/commit/${headSha}/checks`) ?? '';
  expect(page).toContain('<span class="title">Waits &amp; &lt;waits&gt;</span>');
  expect(page).toContain(
    '<td><strong>waits</strong> for &#64;me, not <a class="mention" href="/you">@you</a> &#42;&#42; &lt;b></td>',
  );
  expect(w.github.page('/acme/app/commits')).toContain(`/acme/app/commit/${headSha}/checks`);
  expect(w.github.page('/acme/nothing/commits')).toBeNull();
  expect(w.github.page('/repos/acme/commits')).toBeNull();
});
