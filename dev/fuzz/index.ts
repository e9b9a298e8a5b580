/** `npm run fuzz [-- COUNT [SEED]]`: broken requests to the simulated TableStore; each gets a documented answer. */
import { Agent, request } from 'node:http';
import { Command } from 'commander';
import { parseOptions, wholeNumber } from '../../cli/shared/options.ts';
import { VirtualClock } from '../../simulator/clock.ts';
import { seeded } from '../../simulator/random.ts';
import {
  ALL_NETWORKS,
  createTableStore,
  serveTableStore,
  type TableStore,
} from '../../simulator/tablestore/index.ts';
import { Message } from '../../simulator/tablestore/wire/protobuf.ts';
import { recorded } from './recording.ts';
import { type Broken, mutated, type Sent, type Signer, signed, tooLarge } from './tablestore.ts';

const COUNT = 100_000;
const AT_ONCE = 16;
const SECRET = 'secret-of-fuzz';
const KEYS = { accessKeyId: 'LTAI-fuzz', accessKeySecret: SECRET };

/** Alibaba Cloud docs, Tablestore "Error codes", as far as a broken request can meet them. */
const DOCUMENTED = new Set([
  '400 OTSParameterInvalid',
  '400 OTSInvalidPK',
  '400 OTSUnsupportOperation',
  '403 OTSAuthFailed',
  '403 OTSConditionCheckFail',
  '403 OTSQuotaExhausted',
  '404 OTSObjectNotExist',
  '404 OTSTableNotReady',
  '405 OTSMethodNotAllowed',
  '409 OTSObjectAlreadyExist',
  '413 OTSRequestBodyTooLarge',
]);

export interface FuzzOutcome {
  /** How often each answer came. */
  readonly answers: ReadonlyMap<string, number>;
  /** What was answered otherwise than documented; a seed and a number find it again. */
  readonly faults: readonly string[];
}

export async function fuzz(count: number, seed: number): Promise<FuzzOutcome> {
  const clock = new VirtualClock(Date.now());
  const credentials = (id: string) => (id === KEYS.accessKeyId ? { secret: SECRET } : null);
  const store = createTableStore({
    clock,
    instance: 'fuzz',
    networks: ALL_NETWORKS,
    readyAfterMs: 0,
    credentials,
  });
  const signer: Signer = { secret: SECRET, nowMs: () => Date.now() };
  const whole = await recorded(store, KEYS);
  const server = await serveTableStore(store);
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const send = (sent: Sent) => answerTo(sent, server.port, agent);
  try {
    return await judged(count, seed, { store, whole, signer, send });
  } finally {
    agent.destroy();
    await server.close();
  }
}

interface Target {
  readonly store: TableStore;
  readonly whole: readonly Sent[];
  readonly signer: Signer;
  send(sent: Sent): Promise<string>;
}

async function judged(
  count: number,
  seed: number,
  { store, whole, signer, send }: Target,
): Promise<FuzzOutcome> {
  const random = seeded(seed);
  const answers = new Map<string, number>();
  const faults: string[] = [];
  const judge = async (number: number, broken: Broken) => {
    const got = await send(broken.sent);
    answers.set(got, (answers.get(got) ?? 0) + 1);
    const isFine = broken.expected === null ? got === '200' || DOCUMENTED.has(got) : got === broken.expected;
    if (!isFine) faults.push(`seed ${seed}, request ${number}, ${broken.how}: ${got}`);
  };
  for (let first = 0; first < count; first += AT_ONCE) {
    const turn = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, at) =>
      judge(first + at, mutated(random.pick(whole), random, signer)),
    );
    await Promise.all(turn);
  }
  await judge(count, tooLarge(whole[0] as Sent, signer));
  // A whole request is served as ever.
  await judge(count + 1, { how: 'nothing', sent: listing(whole, signer), expected: '200' });
  for (const surprise of store.surprises.slice(0, 10)) faults.push(`surprise: ${String(surprise)}`);
  return { answers, faults };
}

function listing(whole: readonly Sent[], signer: Signer): Sent {
  const sent = whole.find(({ path }) => path === '/ListTable');
  if (sent === undefined) throw new Error('the recording has no ListTable');
  return signed(sent, signer);
}

/** As `400 OTSParameterInvalid`; a broken connection, too, is an answer to be judged. */
function answerTo({ method, path, headers, body }: Sent, port: number, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    const sized = { ...headers, 'content-length': body.length };
    const sending = request({ port, host: '127.0.0.1', agent, method, path, headers: sized }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        resolve(status === 200 ? '200' : `${status} ${codeIn(Buffer.concat(chunks))}`);
      });
    });
    sending.on('error', (error) => resolve(`no answer: ${error.message}`));
    sending.end(body);
  });
}

function codeIn(body: Buffer): string {
  try {
    return new Message(body).text(1);
  } catch {
    return `and ${body.length} bytes that are no error message`;
  }
}

const command = (): Command =>
  new Command('npm run fuzz --')
    .description('Sends broken requests to the simulated TableStore; each gets a documented answer.')
    .argument('[count]', 'how many', wholeNumber, COUNT)
    .argument('[seed]', 'which ones are drawn; the time, where none is named', wholeNumber);

export async function main(args: readonly string[]): Promise<number> {
  const asked = command();
  const options = parseOptions<object>(asked, args);
  if (typeof options === 'number') return options;
  const [count, seed = (Date.now() % 999_999) + 1] = asked.processedArgs as [number, number | undefined];
  const { answers, faults } = await fuzz(count, seed);
  process.stdout.write(`${count} broken requests to TableStore, seed ${seed}:\n`);
  for (const [answer, times] of [...answers].sort((a, b) => b[1] - a[1]))
    process.stdout.write(`  ${String(times).padStart(7)}  ${answer}\n`);
  for (const fault of faults.slice(0, 20)) process.stderr.write(`${fault}\n`);
  return faults.length === 0 ? 0 : 1;
}
