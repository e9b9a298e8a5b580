/** The same bytes, secrets and faults through octokit's verification, through ours, and through an HMAC of the bytes. */
import { createHmac } from 'node:crypto';
import { Webhooks } from '@octokit/webhooks';
import { expect, test } from 'vitest';
import { isSigned, type WebhookSecret } from '../../../functions/webhook/verify.ts';
import fc from '../../fast-check.ts';
import { queued, SECRET, sign } from './deliveries.ts';

const NEW = 'the-new-secret-of-the-app';
const [ONE, TWO] = [[SECRET], [NEW, SECRET]];
const good = Buffer.from(JSON.stringify(queued()));
const right = sign(good);
const unicode = Buffer.from('{"name":"构建 🦀 é e\u0301"}');
const marked = Buffer.from('\uFEFF{}');
const megabyte = Buffer.from(JSON.stringify({ text: 'ü'.repeat(500_000) }));
const notUtf8 = Buffer.from([0x7b, 0xff, 0x7d]);
const replaced = Buffer.from(notUtf8.toString('utf8'));
const empty = Buffer.alloc(0);
const sha1 = `sha1=${createHmac('sha1', SECRET).update(good).digest('hex')}`;

/** Where octokit and we differ, a line says why. */
type Row = [what: string, body: Buffer, signature: string, secrets: string[], octokit: string, ours: boolean];

// biome-ignore format: a table reads best as a table.
const rows: Row[] = [
  ['a right signature',                         good, right, ONE, 'yes', true],
  ['text beyond ASCII',                         unicode, sign(unicode), ONE, 'yes', true],
  ['the same text, composed otherwise',         Buffer.from(unicode.toString().normalize()), sign(unicode), ONE, 'no', false],
  ['a megabyte',                                megabyte, sign(megabyte), ONE, 'yes', true],
  ['a byte order mark that was signed',         marked, sign(marked), ONE, 'yes', true],
  ['a byte order mark that was added',          marked, sign(marked.subarray(3)), ONE, 'no', false],
  ['a byte order mark that was taken away',     marked.subarray(3), sign(marked), ONE, 'no', false],
  ['the newer of two secrets',                  good, sign(good, NEW), TWO, 'yes', true],
  ['the older of two secrets',                  good, right, TWO, 'yes', true],
  ['neither of two secrets',                    good, sign(good, 'a-secret-that-was-rotated-out'), TWO, 'no', false],
  ['no secret at all',                          good, right, [], 'no', false],
  ['another secret',                            good, sign(good, NEW), ONE, 'no', false],
  ['a secret with white space around it',       good, sign(good, ` ${SECRET}\n`), ONE, 'no', false],
  ['another body',                              Buffer.from('{}'), right, ONE, 'no', false],
  ['a body cut short',                          good.subarray(0, 300), right, ONE, 'no', false],
  ['a line break after the body',               Buffer.concat([good, Buffer.from('\n')]), right, ONE, 'no', false],
  ['a wrong digest',                            good, `sha256=${'0'.repeat(64)}`, ONE, 'no', false],
  ['a digest cut short',                        good, right.slice(0, -1), ONE, 'no', false],
  ['a digest with more after it',               good, `${right}0`, ONE, 'no', false],
  ['a digest in upper case',                    good, `sha256=${right.slice(7).toUpperCase()}`, ONE, 'no', false],
  ['a prefix in upper case',                    good, `SHA256=${right.slice(7)}`, ONE, 'no', false],
  ['a digest without its prefix',               good, right.slice(7), ONE, 'no', false],
  ['a prefix without its digest',               good, 'sha256=', ONE, 'no', false],
  ['a digest in base64',                        good, `sha256=${Buffer.from(right.slice(7), 'hex').toString('base64')}`, ONE, 'no', false],
  ['SHA-1',                                     good, sha1, ONE, 'no', false],
  ['SHA-1 that calls itself SHA-256',           good, sha1.replace('sha1', 'sha256'), ONE, 'no', false],
  ['white space before the signature',          good, ` ${right}`, ONE, 'no', false],
  ['a line break after the signature',          good, `${right}\n`, ONE, 'no', false],
  ['the header given twice',                    good, `${right},${right}`, ONE, 'no', false],
  ['the header given twice, the first wrong',   good, `sha256=${'0'.repeat(64)}, ${right}`, ONE, 'no', false],
  ['letters that only look like the right ones', good, right.replace('sha', 'ѕha'), ONE, 'no', false],
  // octokit throws on what is missing; a delivery without a signature is no fault of ours, and gets its answer.
  ['an empty signature',                        good, '', ONE, 'throws', false],
  // octokit throws, so that it cannot tell; GitHub sends no empty body.
  ['an empty body, signed',                     empty, sign(empty), ONE, 'throws', false],
  // octokit takes text, and its caller decodes: what was signed is lost, and we refuse to guess.
  ['bytes that are no UTF-8, signed',           notUtf8, sign(notUtf8), ONE, 'no', false],
  // The same loss the other way round: bytes that nobody signed look like text that somebody did. Ours is stricter.
  ['other bytes that decode to what was signed', notUtf8, sign(replaced), ONE, 'yes', false],
];

const kept = (texts: readonly string[]): WebhookSecret[] =>
  texts.map((text) => ({ read: async () => text, stale: () => false }));

async function octokitSays(body: Buffer, signature: string, secrets: readonly string[]): Promise<string> {
  const text = body.toString('utf8');
  try {
    const each = secrets.map((secret) => new Webhooks({ secret }).verify(text, signature));
    return (await Promise.all(each)).includes(true) ? 'yes' : 'no';
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return 'throws';
  }
}

test.each(rows)('%s', async (_what, body, signature, secrets, octokit, ours) => {
  expect(await octokitSays(body, signature, secrets)).toBe(octokit);
  expect(await isSigned(body, signature, kept(secrets))).toBe(ours);
  // Never more than the bytes themselves say.
  if (ours) expect(secrets.map((secret) => sign(body, secret))).toContain(signature);
});

test('a delivery without a signature is refused before a secret is read', async () => {
  const unread = { read: () => Promise.reject(new Error('read')), stale: () => true };
  for (const signature of [undefined, '', 'sha256=00', sha1])
    expect(await isSigned(good, signature, [unread])).toBe(false);
});

test('an empty secret signs nothing: it is an error', async () => {
  await expect(isSigned(good, sign(good, ''), kept(['']))).rejects.toThrow('secret required');
});

test('every secret is read, also after one that fits: the time does not tell which one', async () => {
  const read: string[] = [];
  const secrets = TWO.map((text) => ({
    read: async () => {
      read.push(text);
      return text;
    },
    stale: () => false,
  }));
  expect(await isSigned(good, sign(good, NEW), secrets)).toBe(true);
  expect(read).toEqual(TWO);
});

const bodies = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ minLength: 1, maxLength: 60, unit: 'binary' }).map((text) => Buffer.from(text)),
);
const secretTexts = fc.string({ minLength: 1, maxLength: 80, unit: 'binary' });

test('whatever the bytes and secrets, what is signed in UTF-8 fits, and nothing else does', async () => {
  await fc.assert(
    fc.asyncProperty(bodies, bodies, secretTexts, secretTexts, async (body, signed, first, second) => {
      const isSame = body.equals(signed) && body.equals(Buffer.from(body.toString('utf8')));
      expect(await isSigned(body, sign(signed, second), kept([first, second]))).toBe(isSame);
      const isText = signed.equals(Buffer.from(signed.toString('utf8')));
      expect(await isSigned(signed, sign(signed, second), kept([first, second]))).toBe(isText);
    }),
    { numRuns: 300 },
  );
});
