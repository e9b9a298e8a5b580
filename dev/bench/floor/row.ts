/** PutRow of text columns, and GetRange. Alibaba Cloud docs, Tablestore "PlainBuffer", "PutRow", "GetRange", "Request signature". */
import { createHash, createHmac } from 'node:crypto';
import { type Key, post } from './send.ts';

const { TABLESTORE_ENDPOINT = '', TABLESTORE_INSTANCE = '' } = process.env;

const CRC = Uint8Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? (crc << 1) ^ 0x07 : crc << 1;
  return crc & 0xff;
});
const crc8 = (sum: number, bytes: Uint8Array): number =>
  bytes.reduce((crc, byte) => CRC[crc ^ byte] as number, sum);

function sized(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function cell(name: string, value: string): Buffer {
  const bytes = Buffer.from(name);
  const variant = Buffer.concat([Uint8Array.of(0x03), sized(Buffer.from(value))]);
  const sum = crc8(crc8(0, bytes), variant);
  const parts = [Uint8Array.of(0x03, 0x04), sized(bytes), Uint8Array.of(0x05), sized(variant)];
  return Buffer.concat([...parts, Uint8Array.of(0x0a, sum)]);
}

function field(number: number, bytes: Uint8Array): Buffer {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest > 0x7f; rest >>= 7) length.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Uint8Array.of(number * 8 + 2, ...length, rest), bytes]);
}

/** Writes it whatever was there. */
export async function putRow(
  key: Key,
  table: string,
  [kind, id]: readonly [string, string],
  columns: Readonly<Record<string, string>>,
): Promise<void> {
  const keys = [cell('kind', kind), cell('id', id)];
  const cells = Object.entries(columns).map(([name, value]) => cell(name, value));
  const sums = Uint8Array.from([...keys, ...cells].map((bytes) => bytes.at(-1) as number));
  const ends = Uint8Array.of(0x09, crc8(crc8(0, sums), Uint8Array.of(0)));
  const row = Buffer.concat([
    Uint8Array.of(0x75, 0, 0, 0, 0x01),
    ...keys,
    Uint8Array.of(0x02),
    ...cells,
    ends,
  ]);
  const condition = Uint8Array.of(0x08, 0x00);
  const body = Buffer.concat([field(1, Buffer.from(table)), field(2, row), field(3, condition)]);
  await said(key, 'PutRow', body);
}

/** The rows from one partition to another, as they come: a hundred at most. */
export async function getRange(key: Key, table: string, first: string, last: string): Promise<void> {
  const bound = (kind: string, id: string): Buffer => {
    const keys = [cell('kind', kind), cell('id', id)];
    const sums = Uint8Array.from(keys.map((bytes) => bytes.at(-1) as number));
    const end = Uint8Array.of(0x09, crc8(crc8(0, sums), Uint8Array.of(0)));
    return Buffer.concat([Uint8Array.of(0x75, 0, 0, 0, 0x01), ...keys, end]);
  };
  const forwardNewestHundred = Uint8Array.of(0x10, 0x00, 0x28, 0x01, 0x30, 100);
  const ends = [field(7, bound(first, '!')), field(8, bound(last, '~'))];
  await said(key, 'GetRange', Buffer.concat([field(1, Buffer.from(table)), forwardNewestHundred, ...ends]));
}

async function said(key: Key, action: string, body: Buffer): Promise<void> {
  const headers: Record<string, string> = {
    'x-ots-accesskeyid': key.accessKeyId,
    'x-ots-apiversion': '2015-12-31',
    'x-ots-contentmd5': createHash('md5').update(body).digest('base64'),
    'x-ots-date': new Date().toISOString(),
    'x-ots-instancename': TABLESTORE_INSTANCE,
    'x-ots-ststoken': key.securityToken,
  };
  const lines = Object.keys(headers)
    .sort()
    .map((name) => `${name}:${headers[name]}\n`)
    .join('');
  const signature = createHmac('sha1', key.accessKeySecret)
    .update(`/${action}\nPOST\n\n${lines}`)
    .digest('base64');
  const url = new URL(`/${action}`, TABLESTORE_ENDPOINT);
  const answer = await post(url, { ...headers, 'x-ots-signature': signature }, body);
  if (answer.status !== 200) throw new Error(`${action}: ${answer.status} ${answer.body.toString('latin1')}`);
}
