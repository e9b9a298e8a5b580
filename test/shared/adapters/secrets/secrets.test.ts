import { describe, expect, test } from 'vitest';
import { parseReference, secretSource } from '../../../../shared/adapters/secrets/secrets.ts';

function storeOf(values: (string | Error)[]) {
  const asked: string[] = [];
  const clock = { nowMs: 1_000_000 };
  const fetch = (store: string) => async (name: string) => {
    asked.push(`${store}:${name}`);
    const value = values[Math.min(asked.length, values.length) - 1] ?? '';
    if (value instanceof Error) throw value;
    return value;
  };
  const source = (reference: string) =>
    secretSource({
      reference,
      fetchKms: fetch('kms'),
      fetchOos: fetch('oos'),
      readFile: fetch('file'),
      nowMs: () => clock.nowMs,
    });
  return { asked, clock, source };
}
const MINUTE_MS = 60_000;

test.each([
  ['kms:ci/app-key', { store: 'kms', name: 'ci/app-key' }],
  ['oos:ci-hook', { store: 'oos', name: 'ci-hook' }],
  ['file:./app.pem', { store: 'file', name: './app.pem' }],
  ['s3cr3t', null],
  ['kms:', null],
  ['KMS:x', null],
])('%s is a reference or a secret', (text, place) => {
  expect(parseReference(text)).toEqual(place);
});

describe('a secret by reference', () => {
  test('is asked for in its own store, by name', async () => {
    const { asked, source } = storeOf(['a']);
    for (const reference of ['kms:k', 'oos:o', 'file:f']) expect(await source(reference).read()).toBe('a');
    expect(asked).toEqual(['kms:k', 'oos:o', 'file:f']);
  });

  test('is kept for five minutes and not a moment longer', async () => {
    const { asked, clock, source } = storeOf(['old', 'new']);
    const secret = source('kms:k');
    expect(await secret.read()).toBe('old');
    clock.nowMs += 5 * MINUTE_MS - 1;
    expect(await secret.read()).toBe('old');
    clock.nowMs += 1;
    expect(await secret.read()).toBe('new');
    expect(asked).toHaveLength(2);
  });

  test('is read again after a refusal, at most once a minute', async () => {
    const { asked, clock, source } = storeOf(['old', 'new', 'newer']);
    const secret = source('kms:k');
    await secret.read();
    clock.nowMs += MINUTE_MS - 1;
    expect(secret.stale()).toBe(false);
    expect(await secret.read()).toBe('old');
    clock.nowMs += 1;
    expect(secret.stale()).toBe(true);
    expect(await secret.read()).toBe('new');
    for (let attack = 0; attack < 100; attack++) {
      expect(secret.stale()).toBe(false);
      await secret.read();
    }
    expect(asked).toHaveLength(2);
  });

  test('keeps its value while the store is out of reach, until it is too old', async () => {
    const { clock, source } = storeOf(['old', new Error('no route'), new Error('no route')]);
    const secret = source('kms:k');
    await secret.read();
    clock.nowMs += 2 * MINUTE_MS;
    secret.stale();
    expect(await secret.read()).toBe('old');
    clock.nowMs += 3 * MINUTE_MS;
    await expect(secret.read()).rejects.toThrow('the secret kms:k could not be read');
  });

  test('is fetched once for readers at the same time', async () => {
    const { asked, source } = storeOf(['a']);
    const secret = source('oos:o');
    expect(await Promise.all([secret.read(), secret.read(), secret.read()])).toEqual(['a', 'a', 'a']);
    expect(asked).toHaveLength(1);
  });

  test('is trimmed, and an empty one is a mistake', async () => {
    expect(await storeOf([' key\n']).source('file:f').read()).toBe('key');
    await expect(storeOf([' \n']).source('kms:k').read()).rejects.toThrow('the secret kms:k is empty');
  });

  test('a failed first read is not remembered', async () => {
    const { source } = storeOf([new Error('no route'), 'a']);
    const secret = source('kms:k');
    await expect(secret.read()).rejects.toThrow('could not be read');
    expect(await secret.read()).toBe('a');
  });
});

test('a secret in the environment itself never changes, and may write line breaks as \\n', async () => {
  const { asked, source } = storeOf([]);
  const secret = source('-----BEGIN-----\\nabc\\n-----END-----');
  expect(await secret.read()).toBe('-----BEGIN-----\nabc\n-----END-----');
  expect(secret.stale()).toBe(false);
  expect(asked).toEqual([]);
});
