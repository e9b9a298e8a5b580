/** A shell on a machine, from the first prompt to whatever ends it. */
import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../keep/fixture.ts';
import { connected } from './fixture.ts';

const PROMPT = '~]$ ';

async function atPrompt(...options: Parameters<typeof connected>) {
  const session = await connected(...options);
  await session.shows(PROMPT);
  expect(session.code(), session.said.join('\n')).toBeNull();
  return session;
}

test('what is typed gets there, what is drawn comes back, and exit leaves nothing behind', async () => {
  const { type, shows, ends, seen, said, found, left } = await atPrompt();
  expect(said).toEqual([
    `A shell on ${found.instanceId}, the machine of ${found.name}: exit leaves it, and so do three minutes without a key.`,
  ]);
  type('whoami\r');
  await shows('\r\necs-assist-user\r\n');
  expect(seen.text).toContain(`[ecs-assist-user@${found.instanceId} ~]$ whoami`);
  type('exit\r');
  expect(await ends()).toBe(0);
  expect(said.slice(1)).toEqual(['The shell has ended.']);
  expect(left()).toEqual({ sockets: 0, given: 0 });
});

test('the shell has the size of the terminal from its begin, and a new one as soon as it is another', async () => {
  const { type, shows, resize } = await atPrompt();
  type('stty size\r');
  await shows('\r\n40 120\r\n');
  resize(50, 200);
  type('stty size\r');
  await shows('\r\n50 200\r\n');
});

test('Ctrl-C and Ctrl-Z are the shell’s, and Ctrl-D ends it', async () => {
  const { type, shows, ends, code } = await atPrompt();
  type('sleep\u0003');
  await shows('sleep^C');
  type('\u001a');
  await shows('^Z');
  expect(code()).toBeNull();
  type('\u0004');
  expect(await ends()).toBe(0);
});

test('a paste of 200 kilobytes gets there whole, no faster than Session Manager takes it', async () => {
  const { world, type, seen } = await atPrompt();
  const text = Array.from({ length: 20_000 }, (_, at) => `${at}`.padStart(9, '.')).join(' ');
  type(text.slice(0, 120_000));
  expect(seen.held, 'the terminal is asked to wait').toBe(1);
  type(text.slice(120_000));
  await world.until(() => seen.text.endsWith(text.slice(-40)), 2 * MINUTE_MS);
  expect(seen.text.slice(seen.text.indexOf(PROMPT) + PROMPT.length)).toBe(text);
  expect([seen.held, seen.resumed]).toEqual([1, 1]);
});

test('what is typed before there is a shell waits for it; Ctrl-C before it leaves', async () => {
  const early = await connected();
  await early.world.until(() => early.seen.taken === 1, MINUTE_MS);
  early.type('echo early\r');
  await early.shows('\r\nearly\r\n');
  expect(early.seen.text).toContain('\r\nearly\r\n');

  const other = await connected();
  await other.world.until(() => other.seen.taken === 1, MINUTE_MS);
  other.type('\u0003');
  expect(await other.ends()).toBe(130);
  expect(other.left()).toEqual({ sockets: 0, given: 0 });
});

describe('an end that nobody asked for is told, and the terminal is given back', () => {
  const idle = /Nobody typed for three minutes.*Say it again to go on/;
  // biome-ignore format: a table reads best as a table.
  test.each<[string, (session: Awaited<ReturnType<typeof atPrompt>>) => void, RegExp, number]>([
    ['nobody types', () => undefined, idle, 0],
    ['its machine is taken away', ({ world }) => void world.ecs.call('cn-hangzhou', 'DeleteInstance', { InstanceId: world.ecs.alive()[0]?.id ?? '', Force: 'true' }), /gone without a word: the machine of ci-runner-\S+ is (gone|Stopping)/, 1],
    ['Session Manager’s server dies', ({ sockets }) => sockets.cut(), /gone without a word: the network, or Session Manager.*npm run list shows it/, 1],
    ['the terminal is killed', ({ leave }) => leave('SIGHUP'), /^A shell on \S+, the machine/, 129],
    ['somebody ends the command', ({ leave }) => leave('SIGTERM'), /^Left\. The shell on the machine is ended\.$/, 143],
  ])('%s', async (_what, act, says, code) => {
    const session = await atPrompt();
    act(session);
    expect(await session.ends(4 * MINUTE_MS)).toBe(code);
    expect(session.said.at(-1)).toMatch(says);
    expect(session.left()).toEqual({ sockets: 0, given: 0 });
    // Nothing is heard of it any more.
    const text = session.seen.text;
    session.type('echo late\r');
    await session.world.pass(MINUTE_MS);
    expect(session.seen.text).toBe(text);
  });
});

test('no secret of a session is in anything that is told', async () => {
  const { said, sockets, ends, seen } = await atPrompt();
  sockets.cut();
  await ends();
  expect(`${said.join('\n')}${seen.text}`).not.toMatch(/token|sessionId|wss?:|s-sim/i);
});
