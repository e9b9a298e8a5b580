/** Broken requests for the simulated TableStore: made from what the official SDK sends, bent in a way that is known. */
import { createHash, createHmac } from 'node:crypto';
import type { Random } from '../../simulator/random.ts';
import { crc8, crc8Byte } from '../../simulator/tablestore/wire/crc8.ts';

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Broken {
  readonly how: string;
  readonly sent: Sent;
  /** As `403 OTSAuthFailed`; null: any answer that the documentation knows. */
  readonly expected: string | null;
}

export interface Signer {
  readonly secret: string;
  nowMs(): number;
}

type Mutation = (sent: Sent, random: Random, signer: Signer) => Broken;

const AUTH = '403 OTSAuthFailed';
const INVALID = '400 OTSParameterInvalid';

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'a bit of the body': (sent, random, signer) => resigned(flipped(sent.body, random, 1), sent, signer),
  'several bytes of the body': (sent, random, signer) =>
    resigned(flipped(sent.body, random, random.whole(2, 20)), sent, signer),
  'a body that ends early': (sent, random, signer) =>
    resigned(sent.body.subarray(0, random.whole(0, Math.max(0, sent.body.length - 1))), sent, signer),
  'a body with a piece twice': (sent, random, signer) => {
    const [from, to] = [random.whole(0, sent.body.length), random.whole(0, sent.body.length)].sort(
      (a, b) => a - b,
    );
    const body = [sent.body.subarray(0, to), sent.body.subarray(from)];
    return resigned(Buffer.concat(body), sent, signer);
  },
  'a body of noise': (sent, random, signer) => resigned(noise(random, random.whole(0, 400)), sent, signer),
  'the body of another operation': (sent, random, signer) => {
    const path = `/${random.pick(['PutRow', 'GetRow', 'UpdateRow', 'DeleteRow', 'GetRange', 'BatchWriteRow', 'CreateTable'])}`;
    return resigned(sent.body, { ...sent, path }, signer);
  },
  'a row made up, with right checksums': (sent, random, signer) => {
    const [path, body] = madeUp(random);
    return resigned(body, { ...sent, path }, signer);
  },
  'a wrong signature': (sent, random) => ({
    ...withHeader(sent, 'x-ots-signature', noise(random, 20).toString('base64')),
    expected: AUTH,
  }),
  'a wrong checksum of the body': (sent, random, signer) => {
    const headers = { ...sent.headers, 'x-ots-contentmd5': noise(random, 16).toString('base64') };
    return { how: '', sent: signed({ ...sent, headers }, signer), expected: AUTH };
  },
  'a body changed after it was signed': (sent, random) => ({
    how: '',
    sent: { ...sent, body: Buffer.concat([sent.body, noise(random, 1)]) },
    expected: AUTH,
  }),
  'a header left out': (sent, random) => {
    const name = random.pick(Object.keys(sent.headers).filter((each) => each.startsWith('x-ots-')));
    const headers = Object.fromEntries(Object.entries(sent.headers).filter(([each]) => each !== name));
    return { how: '', sent: { ...sent, headers }, expected: INVALID };
  },
  'an unknown key': (sent, random) => ({
    ...withHeader(sent, 'x-ots-accesskeyid', `LTAI${random.whole(0, 1e9)}`),
    expected: AUTH,
  }),
  'a date long ago': (sent, random, signer) => {
    const date = new Date(signer.nowMs() - random.whole(16, 1e6) * 60_000).toISOString();
    const headers = { ...sent.headers, 'x-ots-date': date };
    return { how: '', sent: signed({ ...sent, headers }, signer), expected: AUTH };
  },
  'a date of nonsense': (sent, random) => ({
    ...withHeader(sent, 'x-ots-date', String(random.whole(0, 1e9))),
    expected: INVALID,
  }),
  'an unknown operation': (sent, random, signer) => {
    const path = `/${random.pick(['Search', 'putRow', '', 'PutRow/', '..%2f', 'constructor', 'x'.repeat(4_000)])}`;
    return { how: '', sent: signed({ ...sent, path }, signer), expected: INVALID };
  },
  'another method': (sent, random) => ({
    how: '',
    sent: { ...sent, method: random.pick(['GET', 'PUT', 'DELETE', 'PATCH']) },
    expected: '405 OTSMethodNotAllowed',
  }),
};

const NAMES = Object.keys(MUTATIONS);

export function mutated(sent: Sent, random: Random, signer: Signer): Broken {
  const how = random.pick(NAMES);
  const mutation = MUTATIONS[how] as Mutation;
  return { ...mutation(sent, random, signer), how };
}

/** A row that is too large is slow to send, so it has its own turn. */
export function tooLarge(sent: Sent, signer: Signer): Broken {
  const broken = resigned(Buffer.alloc(6 * 1024 * 1024, 7), sent, signer);
  return { ...broken, how: 'a body that is too large', expected: '413 OTSRequestBodyTooLarge' };
}

const withHeader = (sent: Sent, name: string, value: string) => ({
  how: '',
  sent: { ...sent, headers: { ...sent.headers, [name]: value } },
});

function resigned(body: Buffer, sent: Sent, signer: Signer): Broken {
  const md5 = createHash('md5').update(body).digest('base64');
  const headers = { ...sent.headers, 'x-ots-contentmd5': md5 };
  return { how: '', sent: signed({ ...sent, headers, body }, signer), expected: null };
}

/** As the documentation of the request signature says; the server's check is another program. */
export function signed(sent: Sent, { secret }: Signer): Sent {
  const names = Object.keys(sent.headers).filter((name) => /^x-ots-(?!signature)/.test(name));
  const lines = names.sort().map((name) => `${name}:${sent.headers[name]}`);
  const text = [sent.path, 'POST', '', ...lines, ''].join('\n');
  const signature = createHmac('sha1', secret).update(text).digest('base64');
  return { ...sent, headers: { ...sent.headers, 'x-ots-signature': signature } };
}

function flipped(body: Buffer, random: Random, times: number): Buffer {
  const bent = Buffer.from(body);
  for (let at = 0; at < times && bent.length > 0; at++) {
    const place = random.whole(0, bent.length - 1);
    bent[place] = (bent[place] as number) ^ (times === 1 ? 1 << random.whole(0, 7) : random.whole(1, 255));
  }
  return bent;
}

const noise = (random: Random, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => random.whole(0, 255)));

/** A write whose PlainBuffer is whole, and whose content is whatever comes. */
function madeUp(random: Random): [path: string, body: Buffer] {
  const cells = (count: number) => Array.from({ length: count }, () => cell(random));
  const [keys, columns] = [cells(random.whole(0, 5)), cells(random.whole(0, 5))];
  const isDelete = random.chance(0.3);
  let checksum = 0;
  for (const each of [...keys, ...columns]) checksum = crc8Byte(checksum, each.at(-1) as number);
  const row = Buffer.concat([
    Buffer.from([0x75, 0, 0, 0, 1]),
    ...keys,
    Buffer.from([2]),
    ...columns,
    Buffer.from(isDelete ? [8, 9] : [9]),
    Buffer.from([crc8Byte(checksum, isDelete ? 1 : 0)]),
  ]);
  const condition = Buffer.from([0x1a, 2, 8, random.whole(0, 3)]);
  const body = Buffer.concat([
    Buffer.from('\x0a\x04rows'),
    Buffer.from([0x12]),
    length(row.length),
    row,
    condition,
  ]);
  return [`/${random.pick(['PutRow', 'UpdateRow', 'DeleteRow', 'GetRow'])}`, body];
}

function cell(random: Random): Buffer {
  const name = Buffer.from(random.pick(['pk', 'at', 'x', 'größe', '', 'a-b', 'n'.repeat(300)]));
  const value = variant(random);
  const op = random.chance(0.2) ? random.whole(0, 6) : null;
  let checksum = crc8(crc8(0, name), value);
  if (op !== null) checksum = crc8Byte(checksum, op);
  const parts = [Buffer.from([3, 4]), int32(name.length), name, Buffer.from([5]), int32(value.length), value];
  return Buffer.concat([...parts, Buffer.from(op === null ? [10, checksum] : [6, op, 10, checksum])]);
}

function variant(random: Random): Buffer {
  const type = random.pick([0, 1, 2, 3, 6, 7, 9, 10, 11, 99]);
  if (type === 0 || type === 1)
    return Buffer.concat([Buffer.from([type]), noise(random, random.pick([8, 8, 8, 3]))]);
  if (type !== 3 && type !== 7) return Buffer.from(type === 2 ? [2, random.whole(0, 2)] : [type]);
  const bytes = random.chance(0.7) ? Buffer.from('a') : noise(random, random.whole(0, 40));
  return Buffer.concat([Buffer.from([type]), int32(bytes.length), bytes]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

const length = (value: number): Buffer =>
  Buffer.from(value < 128 ? [value] : [(value & 127) | 128, value >> 7]);
