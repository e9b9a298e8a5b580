import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { fingerprints, parseProbe } from '../../../shared/adapters/fingerprints.ts';

const pem = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;
const [ONE, OTHER] = [pem(), pem()];
const [A, B] = ['a'.repeat(32), 'b'.repeat(32)];
const of = (nonce: string, key: string, id = '42') =>
  fingerprints(nonce, id, async () => ({ appId: id, privateKeyPem: key }));

test('the same key and id have the same fingerprints for one nonce, and others for another', async () => {
  expect(await of(A, ONE)).toEqual(await of(A, ONE));
  expect((await of(A, ONE)).key).not.toBe((await of(A, OTHER)).key);
  expect((await of(A, ONE)).app).not.toBe((await of(A, ONE, '43')).app);
  const [first, again] = [await of(A, ONE), await of(B, ONE)];
  expect([first.key === again.key, first.app === again.app]).toEqual([false, false]);
});

test('a key that is none, or cannot be read, is told without a word of it', async () => {
  expect(await of(A, 'hunter2')).toMatchObject({ key: null, because: 'it is no private key' });
  const unread = fingerprints(A, '42', () => Promise.reject(new Error('hunter2')));
  expect(await unread).toMatchObject({ key: null, because: 'it is no private key' });
});

test.each([
  ['a nonce of 32 hex digits', `{"kind":"probe","nonce":"${A}"}`, A],
  ['a short nonce', '{"kind":"probe","nonce":"ab"}', null],
  ['more beside it', `{"kind":"probe","nonce":"${A}","job":{}}`, null],
  ['the timer', '{"triggerName":"sweep","payload":"sweep"}', null],
  ['no JSON', 'sweep', null],
  ['what is large', `{"kind":"probe","nonce":"${A}"${' '.repeat(300)}}`, null],
])('%s is a probe or none', (_what, event, nonce) => {
  expect(parseProbe(Buffer.from(event))).toBe(nonce);
});
