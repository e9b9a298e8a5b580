/** Where there is no way onto a machine: it is said, with what to do, and no terminal is touched. */
import { describe, expect, test } from 'vitest';
import { findMachine, likeliest } from '../../../cli/connect/find.ts';
import { lastWord } from '../../../cli/connect/text.ts';
import { startSession } from '../../../shared/adapters/ecs/terminal/start.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { JobId } from '../../../shared/nouns.ts';
import type { Ways } from '../../../simulator/ecs/ways.ts';
import { build } from '../../shared/ledger/builders.ts';
import type { World } from '../../world/in-process.ts';
import { operatorOf } from '../explain/fixture.ts';
import { MINUTE_MS, running } from '../keep/fixture.ts';
import { connected } from './fixture.ts';

type Before = (world: World) => void | Promise<void>;
const withAgents = (agents: Ways['agents']) => ({ ecs: { ways: { agents } } });
const fails =
  (action: string, code: string, status = 403): Before =>
  ({ ecs }) =>
    ecs.failNext(action, { code, status }, 5);
const powerOff: Before = async ({ ecs, pass }) => {
  ecs.call('cn-hangzhou', 'StopInstance', { InstanceId: ecs.alive()[0]?.id ?? '' });
  await pass(4_000);
};

const tagsOf = ({ alive }: World['ecs']) => alive()[0]?.tags as Map<string, string>;

// biome-ignore format: a table reads best as a table.
test.each<[string, Parameters<typeof connected>, RegExp]>([
  ['it has no machine yet', [{}, { entry: (found: RunnerEntry) => ({ ...found, instanceId: null }) }], /has no machine yet\. Say it again when npm run list shows one/],
  ['its machine is gone', [{}, { entry: (found: RunnerEntry) => ({ ...found, instanceId: 'i-nobody' }) }], /The machine of ci-runner-\S+ \(i-nobody\) is gone/],
  ['it is none of ours', [{}, { before: ({ ecs }) => void tagsOf(ecs).set('ci-runner-name', 'somebody-elses') }], /is not of our making/],
  ['it powers off', [{}, { before: powerOff }], /is Stop(ping|ped): nobody can get onto it\. npm run logs has what it wrote/],
  ['it has no agent', [withAgents('none')], /agent does not answer on it: a machine that boots has one within a minute.*its image must have the agent/],
  ['its agent is too old', [withAgents('old')], /agent on it \(2\.2\.3\.110\) is too old for sessions: its image needs one newer than 2\.2\.3\.256/],
  ['the account has it switched off', [{ ecs: { ways: { sessions: false } } }], /Session Manager is switched off for your account.*switch it on in the ECS console/],
  ['the right is missing', [{}, { before: fails('StartTerminalSession', 'Forbidden.RAM') }], /you lack ecs:StartTerminalSession on it \(Forbidden\.RAM\): docs\/security\.md has the policy/],
  ['there are too many', [{}, { before: fails('StartTerminalSession', 'SessionCount.ExceedLimit') }], /too many sessions already.*say it again in ten minutes/],
  ['ECS says what nobody knows', [{}, { before: fails('StartTerminalSession', 'Operation.Forbidden') }], /because ECS answered Operation\.Forbidden\.$/],
  ['ECS does not answer', [{}, { before: ({ ecs }) => ecs.failNext('StartTerminalSession', 'timeout-before', 9) }], /because ECS answered NoAnswer/],
])('%s', async (_what, how, says) => {
  const { ends, said, seen } = await connected(...how);
  expect(await ends(2 * MINUTE_MS)).toBe(1);
  expect(said).toEqual([expect.stringMatching(says)]);
  expect(seen.taken).toBe(0);
});

describe('what is not known refuses nothing', () => {
  test('a look at the agent that is denied: the session itself tells', async () => {
    const denied = fails('DescribeCloudAssistantStatus', 'Forbidden.RAM');
    const { shows, seen } = await connected({}, { before: denied });
    await shows('~]$ ');
    expect(seen.text).toContain('~]$ ');
  });

  test('denied, and there is no agent: nothing opens within a minute, which is told', async () => {
    const denied = fails('DescribeCloudAssistantStatus', 'NoPermission');
    const { ends, said, left } = await connected(withAgents('none'), { before: denied });
    expect(await ends(2 * MINUTE_MS)).toBe(1);
    expect(said.at(-1)).toMatch(/No shell came: the agent on the machine of .* say it again then/);
    expect(left()).toEqual({ sockets: 0, given: 0 });
  });

  test('an answer that is lost is one session, not two', async () => {
    const { shows, seen, world } = await connected(
      {},
      { before: ({ ecs }) => ecs.failNext('StartTerminalSession', 'timeout-after', 2) },
    );
    await shows('~]$ ');
    expect(seen.text).toContain('~]$ ');
    expect(world.ecs.calls.get('StartTerminalSession')).toBe(3);
  });
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['wss://cn-hangzhou.axt.aliyuncs.com/session?sessionid=s-1&token=t', 'wss://cn-hangzhou.axt.aliyuncs.com/session?sessionId=s-1&token=t'],
  ['ws://127.0.0.1:8080/session?sessionId=s-1&token=t', 'ws://127.0.0.1:8080/session?sessionId=s-1&token=t'],
  ['ws://cn-hangzhou.axt.aliyuncs.com/session?sessionId=s-1&token=t', null],
  ['http://127.0.0.1/', null],
  ['nonsense', null],
])('an address that ECS gives: %s', async (WebSocketUrl, url) => {
  const started = await startSession('cn-hangzhou', 'i-1', {
    ...{ call: async () => ({ WebSocketUrl }), pause: async () => undefined },
    ...{ clock: { nowMs: () => 0 }, deployment: 'ci' },
  });
  if (url === null) expect(started).toMatchObject({ because: expect.stringMatching(/no encrypted websocket/) });
  else expect(started).toEqual({ kind: 'started', url });
});

describe('whose machine is meant', () => {
  const find = (world: World, named: string) => findMachine(named, operatorOf(world));

  test('by the job, its address, the runner and the instance; and nobody’s is told', async () => {
    const { world, job } = await running();
    const name = job.runner?.name ?? '';
    const id = world.ecs.alive()[0]?.id ?? '';
    const address = `https://github.com/acme/app/actions/runs/${job.run.id}/job/${job.id}`;
    for (const named of [String(job.id), address, name, id])
      expect(await find(world, named), named).toMatchObject({ kind: 'found', entry: { name } });
    expect(await find(world, '4711')).toMatchObject({
      because: expect.stringMatching(/No machine of job 4711 is there: .*npm run explain -- 4711 says which/),
    });
    expect(await find(world, 'nobody')).toMatchObject({ because: expect.stringMatching(/npm run list/) });
    expect(await find(world, `https://github.com/acme/app/actions/runs/${job.run.id}`)).toMatchObject({
      because: expect.stringMatching(/has many jobs/),
    });
  });

  test('of several, that which runs the job or ran it; then one that has a machine', () => {
    const ID = 1 as JobId;
    const entry = (instanceId: string | null, more: Partial<RunnerEntry> = {}) =>
      build.runnerEntry(1, { instanceId, ...more });
    const meant = entry('i-meant');
    const without = entry(null);
    const busyElsewhere = entry('i-elsewhere', { busyWith: 2 as JobId });
    const runs = entry('i-runs', { busyWith: ID });
    expect(likeliest([without, meant, busyElsewhere, runs], ID)).toBe(runs);
    expect(likeliest([without, busyElsewhere, meant], ID)).toBe(meant);
    expect(likeliest([without], ID)).toBe(without);
    expect(likeliest([], ID)).toBeNull();
  });
});

test('each end of a session has a word of its own, which says what to do', () => {
  const { runnerEntry } = build;
  const say = (ended: Parameters<typeof lastWord>[0]) => lastWord(ended, runnerEntry(1), null);
  expect(say({ kind: 'restarting' })).toMatch(/restart of its own.*Say it again in a minute/);
  expect(say({ kind: 'unreadable' })).toMatch(/cannot read.*ECS console opens one/);
  expect(say({ kind: 'refused', word: 'OpenPtyFailed' })).toMatch(/\(OpenPtyFailed\)\. Say it again/);
  expect(say({ kind: 'refused', word: '' })).toMatch(/ended the session\. Say it again/);
  expect(say({ kind: 'unreachable', because: 'its server answered 403 instead of a session' })).toMatch(
    /because its server answered 403.*port 443.*HTTPS_PROXY/,
  );
});
