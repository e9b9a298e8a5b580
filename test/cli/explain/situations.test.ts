/** What an operator reads when something waits, was refused, or ended. */
import { expect, test } from 'vitest';
import type { World } from '../../world/in-process.ts';
import { MINUTE_MS, OURS, open, queue, read } from './fixture.ts';

const NO_STOCK = {
  ecs: {
    faults: (action: string) => (action === 'RunInstances' ? { code: 'OperationDenied.NoStock' } : null),
  },
};

/** One job of these labels, looked at after so long. */
async function told(world: World, labels: string, passMs = 20_000, plan = {}, repository = 'acme/app') {
  const job = queue(world, labels, plan, repository);
  await world.pass(passMs);
  return read(world, job);
}

// biome-ignore format: a table reads best as a table.
const REFUSED: readonly [name: string, labels: string, sentence: RegExp, advice: RegExp][] = [
  ['a typo', `${OURS.replace('arm64', 'arm46')}`, /refused because the label 'arm46' is not understood; is 'arm64' meant\?/, /Fix runs-on/],
  ['no architecture', 'self-hosted aliyun 16cpu', /refused because its labels name no architecture, and both are offered: add arm64 or amd64/, /Fix runs-on/],
  ['no architecture beside a type', 'self-hosted aliyun ecs.c7.2xlarge', /both are offered: add that of ecs\.c7\.2xlarge, arm64 or amd64/, /Fix runs-on/],
  ['two of a kind', `${OURS} 8cpu 16cpu`, /refused because its labels name a number of cores twice: 8 and 16/, /Fix runs-on/],
  ['a job of others', 'ubuntu-latest', /do not act on it because the job does not ask for all our base labels/, /unless runs-on was to have self-hosted and aliyun/],
  ['one base label short', 'self-hosted arm64', /do not act on it because/, /unless runs-on was to have aliyun too/],
];

test.each(REFUSED)('%s is explained by its labels', async (_, labels, sentence, advice) => {
  const { answer } = await told(await open(), labels);
  expect(answer.text).toMatch(sentence);
  expect(answer.advice).toMatch(advice);
});

test('a repository outside the allow-list, and a public one, are explained by the key that says so', async () => {
  const world = await open({ config: { repositories: { allow: ['acme/other', 'acme/open'] } } });
  world.github.addRepository('acme/open', { isPublic: true });
  const outside = await told(world, OURS);
  expect(outside.answer.text).toBe('It was refused because the repository is not under repositories.allow.');
  expect(outside.answer.advice).toBe('Add acme/app under repositories.allow in runners.yaml, and deploy.');
  const open_ = await told(world, OURS, 20_000, {}, 'acme/open');
  expect(open_.answer.text).toMatch(/public and repositories.public says refuse/);
});

test('a job behind an environment waits for a person', async () => {
  const { answer } = await told(await open(), OURS, 20_000, { environmentGate: true });
  expect(answer).toMatchObject({ state: 'not-acted-on', advice: 'Approve the environment at GitHub.' });
});

test('a job over the limit says which limit, and that it is due', async () => {
  const world = await open({ config: { limits: { runners: 1 } } });
  queue(world, OURS);
  await world.pass(10_000);
  const { answer, text } = await told(world, OURS);
  expect(answer.text).toBe(
    'It waits because all runners are in use (limits.runners is 1). It is due: the next sweep tries again.',
  );
  expect(text.split('\n').length).toBeLessThan(20);
});

test('a quota of the account names the code and each offer that it cost', async () => {
  const faults = (action: string) =>
    action === 'RunInstances' ? { code: 'QuotaExceed.ElasticQuota' } : null;
  const { answer, text } = await told(await open({ ecs: { faults } }), OURS);
  expect(answer.text).toMatch(
    /^It waits because all \d offers were refused: a quota of the account is used up \(QuotaExceed\.ElasticQuota\)\. It is due: /,
  );
  expect(text).toMatch(/ecs\.\S+ in cn-hangzhou-\w \(spot\) was refused: a quota/);
});

test('an account in arrears says what to do', async () => {
  const faults = () => ({ code: 'InvalidAccountStatus.NotEnoughBalance' });
  const { answer } = await told(await open({ ecs: { faults } }), OURS);
  expect(answer.text).toMatch(
    /Alibaba Cloud refuses every launch \(InvalidAccountStatus\.NotEnoughBalance\): top up/,
  );
});

test('nothing in stock is one clause, and the story names the offers', async () => {
  const { answer, text } = await told(await open(NO_STOCK), OURS, 4.5 * MINUTE_MS);
  expect(answer.text).toMatch(
    /each offer that fits is out|offers were refused: it is not available there now/,
  );
  expect(answer.text.length).toBeLessThan(300);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(300);
});

test('a type that nobody sells there is told apart from one that is sold out', async () => {
  const { answer } = await told(await open(), 'self-hosted aliyun arm64 ecs.c9zz');
  expect(answer.text).toMatch(/no instance type in cn-hangzhou has what its labels ask for/);
});

test('a boot that failed is in the story of the job that waits on', async () => {
  const world = await open({ boots: { hangs: () => true } });
  const { text } = await told(world, OURS, 16 * MINUTE_MS);
  expect(text).toMatch(/-1 was retired because its machine stopped without a job/);
  expect(text).toMatch(/launches {3}2/);
});

test('a job that ended tells where it ran, how long each phase took, and its cost', async () => {
  const world = await open();
  const job = queue(world, OURS);
  await world.pass(12 * MINUTE_MS);
  const byAddress = await read(world, job);
  expect(byAddress.answer.text).toMatch(
    /^It succeeded on ci-runner-arm64-spot-\d+-1 \(ecs\.\S+ in cn-hangzhou-\w\)\.$/,
  );
  expect(byAddress.text).toMatch(
    /took {7}launched after .*online after .*started after .*ended after .*gone after/,
  );
  expect(byAddress.text).toMatch(/cost {7}/);
  expect((await read(world, job, 'id')).text, 'the day of a bare id is looked for').toBe(byAddress.text);
});

test('a machine that spot took back is told, with what follows from it', async () => {
  const world = await open();
  const job = queue(world, OURS, { durationMs: 30 * MINUTE_MS });
  await world.until(() => job.status === 'in_progress', 5 * MINUTE_MS);
  await world.pass(MINUTE_MS);
  world.ecs.interrupt(world.ecs.alive()[0]?.id ?? '');
  await world.until(() => job.status === 'completed', 25 * MINUTE_MS);
  await world.pass(30_000);
  const { answer, text } = await read(world, job);
  expect(answer.text).toMatch(
    /because its spot instance was taken back\. .*GitHub (?:is|was) asked to run it again/,
  );
  expect(text).toMatch(/the spot market takes the machine of ci-runner-\S+ back/);
});

test('a runner that another job took is told in the story of the robbed', async () => {
  let boots = 0;
  const world = await open({ boots: { hangs: () => ++boots === 1 } });
  const taker = queue(world, OURS);
  await world.pass(10_000);
  const robbed = queue(world, OURS);
  await world.until(() => taker.status === 'in_progress', 5 * MINUTE_MS);
  await world.pass(10_000);
  expect(taker.runner?.name, 'GitHub gave the older job what was booted for the younger').toContain(
    robbed.id,
  );
  const { text } = await read(world, robbed);
  expect(text).toContain(`was meant for the job ${taker.id}, which took the runner of ${robbed.id}`);
});

test('a delivery that got lost is told, and that the sweep sees to it', async () => {
  const world = await open({ github: { deliveryFaults: () => ({ kind: 'lose', isLogged: false }) } });
  const { answer } = await told(world, OURS);
  expect(answer).toMatchObject({ state: 'unheard' });
  expect(answer.text).toMatch(/no delivery told us of it\. The sweep looks for such jobs each minute/);
});

test('what nobody knows is said, with what would help', async () => {
  const world = await open();
  const job = queue(world, OURS);
  await world.pass(MINUTE_MS);
  const { answer } = await read(world, { ...job, id: 4_711 });
  expect(answer.state).toBe('unknown');
});
