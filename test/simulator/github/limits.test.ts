import { expect, test } from 'vitest';
import { LABELS, name, openWorld } from '../../shared/adapters/github/world.ts';

const RUNNERS = '/orgs/acme/actions/runners';

test('the calls of an hour are counted down in the headers, and refused when they are spent', async () => {
  const w = await openWorld('process', { limits: { callsPerHour: 3 } });
  const seen = [];
  for (let look = 0; look < 4; look++) {
    const { status, headers } = await w.asInstallation('GET', `${RUNNERS}?page=${look}`);
    seen.push([status, headers['x-ratelimit-remaining']]);
  }
  expect(seen).toEqual([
    [200, '2'],
    [200, '1'],
    [200, '0'],
    [403, '0'],
  ]);
});

test('the points of a minute are refused beyond, and a minute later there are new ones', async () => {
  const w = await openWorld('process', { limits: { pointsPerMinute: 6 } });
  const looks = async () => {
    const seen = [];
    for (let look = 0; look < 7; look++) seen.push((await w.asInstallation('GET', RUNNERS)).status);
    return seen;
  };
  expect(await looks()).toEqual([200, 200, 200, 200, 200, 200, 403]);
  await w.pass(60_000);
  expect(await looks()).toEqual([200, 200, 200, 200, 200, 200, 403]);
});

test('registrations are limited for each owner in five minutes', async () => {
  const w = await openWorld('process', { limits: { registrationsPer5Minutes: 1 } });
  const mint = (runner: string) => w.hub.mint(w.org, { name: name(runner), labels: LABELS });
  expect((await mint('a')).kind).toBe('minted');
  expect(await mint('b')).toMatchObject({ kind: 'throttled' });
  await w.pass(300_000);
  expect((await mint('b')).kind).toBe('minted');
});

test('a JIT config may be made to count as content creation', async () => {
  const w = await openWorld('process', { limits: { creations: { perMinute: 2, perHour: 3 } } });
  const mint = async (runner: string) =>
    (await w.hub.mint(w.org, { name: name(runner), labels: LABELS })).kind;
  expect([await mint('a'), await mint('b'), await mint('c')]).toEqual(['minted', 'minted', 'throttled']);
  await w.pass(60_000);
  expect([await mint('c'), await mint('d')]).toEqual(['minted', 'throttled']);
  await w.pass(3_600_000);
  expect(await mint('d')).toBe('minted');
});

test('more requests at once than allowed are refused, and none after the others ended', async () => {
  const w = await openWorld('process', { limits: { concurrent: 2 }, behaviour: { answerMs: [100, 100] } });
  const look = () => w.asApp('GET', '/app').then(({ status }) => status);
  const three = Promise.all([look(), look(), look()]);
  await w.pass(200);
  expect(await three).toEqual([200, 200, 429]);
  const one = look();
  await w.pass(200);
  expect(await one).toBe(200);
});
