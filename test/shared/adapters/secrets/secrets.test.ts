import { describe, expect, test } from 'vitest';
import { secretSource } from '../../../../shared/adapters/secrets/secrets.ts';

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
/** Long enough for secrets. */
const [A, OLD, NEW, NEWER, KEY] = ['a', 'old', 'new', 'newer', 'key'].map((word) => word.repeat(20)) as [
  string,
  string,
  string,
  string,
  string,
];

describe('a secret by reference', () => {
  test('is asked for in its own store, by name', async () => {
    const { asked, source } = storeOf([A]);
    for (const reference of ['kms:k', 'oos:o', 'file:f']) expect(await source(reference).read()).toBe(A);
    expect(asked).toEqual(['kms:k', 'oos:o', 'file:f']);
  });

  test('is kept for five minutes and not a moment longer', async () => {
    const { asked, clock, source } = storeOf([OLD, NEW]);
    const secret = source('kms:k');
    expect(await secret.read()).toBe(OLD);
    clock.nowMs += 5 * MINUTE_MS - 1;
    expect(await secret.read()).toBe(OLD);
    clock.nowMs += 1;
    expect(await secret.read()).toBe(NEW);
    expect(asked).toHaveLength(2);
  });

  test('is read again after a refusal, at most once a minute', async () => {
    const { asked, clock, source } = storeOf([OLD, NEW, NEWER]);
    const secret = source('kms:k');
    await secret.read();
    clock.nowMs += MINUTE_MS - 1;
    expect(secret.stale()).toBe(false);
    expect(await secret.read()).toBe(OLD);
    clock.nowMs += 1;
    expect(secret.stale()).toBe(true);
    expect(await secret.read()).toBe(NEW);
    for (let attack = 0; attack < 100; attack++) {
      expect(secret.stale()).toBe(false);
      await secret.read();
    }
    expect(asked).toHaveLength(2);
  });

  test('keeps its value while the store is out of reach, until it is too old', async () => {
    const { clock, source } = storeOf([OLD, new Error('no route'), new Error('no route')]);
    const secret = source('kms:k');
    await secret.read();
    clock.nowMs += 2 * MINUTE_MS;
    secret.stale();
    expect(await secret.read()).toBe(OLD);
    clock.nowMs += 3 * MINUTE_MS;
    await expect(secret.read()).rejects.toThrow('the secret kms:k could not be read');
  });

  test('is fetched once for readers at the same time', async () => {
    const { asked, source } = storeOf([A]);
    const secret = source('oos:o');
    expect(await Promise.all([secret.read(), secret.read(), secret.read()])).toEqual([A, A, A]);
    expect(asked).toHaveLength(1);
  });

  test('is trimmed, and an empty one is a mistake', async () => {
    expect(
      await storeOf([` ${KEY}\n`])
        .source('file:f')
        .read(),
    ).toBe(KEY);
    await expect(storeOf([' \n']).source('kms:k').read()).rejects.toThrow('the secret kms:k is empty');
  });

  test('one that anyone could guess is a mistake, and its value is not told', async () => {
    const read = storeOf(['hunter2']).source('kms:k').read();
    await expect(read).rejects.toThrow(
      /^the secret kms:k is shorter than 20 characters: anyone could guess it$/,
    );
  });

  test('a failed first read is not remembered for longer than a few seconds', async () => {
    const { asked, clock, source } = storeOf([new Error('no route'), A]);
    const secret = source('kms:k');
    for (let request = 0; request < 50; request++)
      await expect(secret.read()).rejects.toThrow('could not be read');
    expect(asked).toHaveLength(1);
    clock.nowMs += 5_000;
    expect(await secret.read()).toBe(A);
  });
});

test('a secret in the environment itself never changes, and may write line breaks as \\n', async () => {
  const { asked, source } = storeOf([]);
  const secret = source('-----BEGIN-----\\nabc\\n-----END-----');
  expect(await secret.read()).toBe('-----BEGIN-----\nabc\n-----END-----');
  expect(secret.stale()).toBe(false);
  expect(asked).toEqual([]);
});
