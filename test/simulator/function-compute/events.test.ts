import { expect, test } from 'vitest';
import { kindsOf, worldOf } from './world.ts';

const HOUR_MS = 3_600_000;
const event = (value: unknown) => Buffer.from(JSON.stringify(value));
const fails = async () => {
  throw new Error('no');
};
test('an accepted event runs later, with the bytes that were sent', async () => {
  const got: string[] = [];
  const { fc, pass } = worldOf([{ body: async (bytes) => void got.push(bytes.toString()) }]);
  expect(fc.invokeAsync('f0', event({ a: 1 }))).toMatchObject({ kind: 'accepted' });
  expect(got).toEqual([]);
  expect(fc.pending).toBe(1);
  await pass(1_000);
  expect(got).toEqual(['{"a":1}']);
  expect(fc.pending).toBe(0);
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['an unknown function',     'nobody', 10,             { status: 404, code: 'FunctionNotFound' }],
  ['an event over 128 KB',    'f0',     128 * 1024 + 1, { status: 400, code: 'EntityTooLarge' }],
])('%s is refused before it is accepted', (_name, name, bytes, refusal) => {
  const { fc } = worldOf([{ body: async () => null }]);
  expect(fc.invokeAsync(name, Buffer.alloc(bytes))).toMatchObject({ kind: 'refused', ...refusal });
  expect(fc.pending).toBe(0);
});

test('a failing function is tried again three times, then its destination hears of it', async () => {
  const told: string[] = [];
  const { fc, seen, pass } = worldOf([
    { body: fails, onFailure: 'f1' },
    { body: async (bytes) => void told.push(bytes.toString()) },
  ]);
  fc.invokeAsync('f0', event({ job: 7 }));
  await pass(HOUR_MS);
  expect(seen.filter(({ kind, functionName }) => kind === 'started' && functionName === 'f0')).toHaveLength(
    4,
  );
  expect(told).toHaveLength(1);
  expect(JSON.parse(told[0] as string)).toMatchObject({
    requestContext: {
      functionArn: 'acs:fc:cn-hongkong:1234567890123456:functions/f0',
      approximateInvokeCount: 4,
    },
    requestPayload: '{"job":7}',
    responseContext: { functionError: 'UnhandledInvocationError' },
  });
  expect(fc.pending).toBe(0);
});

test('an event that comes to be too old is given up without a word to its destination', async () => {
  const { fc, seen, pass } = worldOf([
    { body: fails, onFailure: 'f1', eventAgeMaxMs: 100 },
    { body: async () => null },
  ]);
  fc.invokeAsync('f0', event(1));
  await pass(HOUR_MS);
  expect(seen.at(-1)).toMatchObject({ kind: 'dropped', because: 'it became too old' });
  expect(seen.some(({ functionName }) => functionName === 'f1')).toBe(false);
});

test('one instance does one request at a time; at the limit of concurrency events wait, with back-off', async () => {
  let at = 0;
  let most = 0;
  const { fc, clock, seen, pass } = worldOf([
    {
      concurrency: 2,
      body: async () => {
        most = Math.max(most, ++at);
        await clock.sleep(700);
        at--;
      },
    },
  ]);
  for (let n = 0; n < 6; n++) fc.invokeAsync('f0', event(n));
  await pass(60_000);
  expect(most).toBe(2);
  expect(kindsOf(seen).filter((kind) => kind === 'ended')).toHaveLength(6);
  expect(fc.pending).toBe(0);
});

test('an event that finds no instance for five hours is given up', async () => {
  const { fc, seen, pass } = worldOf([{ concurrency: 0, body: async () => null }]);
  fc.invokeAsync('f0', event(1));
  await pass(6 * HOUR_MS);
  expect(seen.at(-1)).toMatchObject({ kind: 'dropped', because: 'no instance was to be had for 5 hours' });
});

test('faults before and after acceptance', async () => {
  const got: string[] = [];
  const { fc, seen, pass } = worldOf([{ body: async (bytes) => void got.push(bytes.toString()) }]);
  Object.assign(fc.faults, { drop: 1 });
  expect(fc.invokeAsync('f0', event(1)).kind).toBe('accepted');
  await pass(HOUR_MS);
  expect([got, seen.at(-1)?.kind, fc.pending]).toEqual([[], 'dropped', 0]);
  Object.assign(fc.faults, { drop: 0, duplicate: 1 });
  fc.invokeAsync('f0', event(2));
  await pass(HOUR_MS);
  expect(got).toEqual(['2', '2']);
  Object.assign(fc.faults, { duplicate: 0, throttle: 1 });
  expect(fc.invokeAsync('f0', event(3))).toMatchObject({ status: 429, code: 'ResourceExhausted' });
  Object.assign(fc.faults, { throttle: 0, serverError: 1 });
  for (let n = 0; n < 20; n++) expect(fc.invokeAsync('f0', event('e'))).toMatchObject({ status: 500 });
  await pass(HOUR_MS);
  expect(got.length).toBeGreaterThan(2); // some were kept all the same
  expect(got.length).toBeLessThan(22);
});

test('the same seed leads to the same invocation events', async () => {
  const story = async () => {
    const { fc, seen, pass } = worldOf([{ body: fails }], {}, 42);
    Object.assign(fc.faults, { drop: 0.2, duplicate: 0.3 });
    for (let n = 0; n < 20; n++) fc.invokeAsync('f0', event(n));
    await pass(HOUR_MS);
    return seen;
  };
  expect(await story()).toEqual(await story());
});
