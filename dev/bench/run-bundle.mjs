// A fresh process with one bundle, as Function Compute would start it: events come by standard input, figures leave by
// standard output.
import { text } from 'node:stream/consumers';

const { events, credentials, how, before } = JSON.parse(await text(process.stdin));
const write = process.stdout.write.bind(process.stdout);
let said = ''; // the bundle's log, for whoever asks why
process.stdout.write = (line) => {
  said = `${said}${line}`.slice(-2_000);
  return true;
};
const asBytes = events.map((event) => Buffer.from(event));
// Reading the events is not the function's work.
const fromMs = performance.now();
const { handler } = await import(process.argv[2]);
const one = async (event) => {
  const from = performance.now();
  const outcome = await handler(event, { credentials });
  if (!['booting', 'swept'].includes(outcome) && outcome.statusCode !== 202)
    throw new Error(`${JSON.stringify(outcome)}\n${said}`);
  return performance.now() - from;
};
await one(asBytes[0]);
const firstMs = performance.now() - fromMs;
const first = process.cpuUsage();
const rest = asBytes.slice(1);
const cpuBefore = process.cpuUsage();
const from = performance.now();
const took = [];
if (how === 'at once') {
  await Promise.all(rest.map(one));
  took.push(performance.now() - from);
} else
  for (const event of rest) {
    if (before !== undefined) await fetch(before);
    took.push(await one(event));
  }
const { user, system } = process.cpuUsage(cpuBefore);
took.sort((a, b) => a - b);
const figures = {
  firstMs,
  firstCpuMs: (first.user + first.system) / 1000,
  warmMs: took[took.length >> 1] ?? 0,
  cpuMs: (user + system) / 1000 / (rest.length || 1),
};
write(`\n${JSON.stringify(figures)}\n`, () => process.exit());
