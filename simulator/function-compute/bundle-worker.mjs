// Inside of one instance: sets its clock to the simulator's, loads the bundle, and answers one request after the other.
import { parentPort, workerData } from 'node:worker_threads';

const { path, clockScale, simulatedMs, realMs, lostMs } = workerData;

const realNow = Date.now;
const lostBeforeMs = lostMs[0];
let latestMs = 0;
/** As the simulator's: what was waited for a core does not count, and time does not go back. */
const now = () => {
  const realLifeMs = realNow() - realMs - (lostMs[0] - lostBeforeMs);
  latestMs = Math.max(latestMs, Math.floor(simulatedMs + realLifeMs * clockScale));
  return latestMs;
};
globalThis.Date = new Proxy(Date, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: (target) => new target(now()).toString(),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
});

const logger = Object.fromEntries(
  ['debug', 'info', 'warn', 'error', 'log'].map((level) => [
    level,
    (...words) => process.stdout.write(`${words.join(' ')}\n`),
  ]),
);

// The first request waits for the load, as it does in a cold start.
const loaded = import(path);
loaded.catch(() => undefined); // told to whoever asks first, below

parentPort.on('message', async ({ event, context }) => {
  try {
    const { handler } = await loaded;
    const value = await handler(Buffer.from(event), { ...context, logger });
    parentPort.postMessage({ kind: 'done', value });
  } catch (error) {
    parentPort.postMessage({
      kind: 'failed',
      name: error?.name ?? 'Error',
      message: String(error?.message ?? error),
    });
  }
});
