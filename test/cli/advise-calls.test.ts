/** What `npm run advise` asks, and where. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { advise } from '../../cli/advise/index.ts';
import { PIPE } from '../../cli/shared/screen/screen.ts';
import { VirtualClock } from '../../simulator/clock.ts';
import { createEcs, serveEcs, standardRegions } from '../../simulator/ecs/index.ts';
import { seeded } from '../../simulator/random.ts';

const KEY = { id: 'LTAI-advise', secret: 'secret-of-advise' };
const ecs = createEcs({
  clock: new VirtualClock(Date.now()),
  random: seeded(1),
  credentials: (id) => (id === KEY.id ? { secret: KEY.secret } : null),
  regions: standardRegions(),
});
let close: () => Promise<void>;
const before = { ...process.env };
beforeAll(async () => {
  const served = await serveEcs(ecs);
  close = () => served.close();
  process.env.ECS_ENDPOINT = `http://127.0.0.1:${served.port}`;
  process.env.ALIBABA_CLOUD_ACCESS_KEY_ID = KEY.id;
  process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET = KEY.secret;
});
afterAll(async () => {
  process.env = before;
  await close();
});

async function rows(...args: readonly string[]): Promise<number> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text) };
  const code = await advise([...args, '--json'], { ...terminal, screen: PIPE, nowMs: Date.now });
  expect({ code, err: err.filter((line) => !/^(left out|note)/.test(line)) }).toEqual({ code: 0, err: [] });
  return JSON.parse(out.join('')).length;
}

test('ECS_ENDPOINT is where it asks, each thing once; --limit 0 is all of them', async () => {
  const filter = ['--region', 'cn-hangzhou', '--family', 'ecs.c8y,ecs.g8y,ecs.c7'];
  const all = await rows(...filter, '--limit', '0');
  expect(all).toBeGreaterThan(20);
  expect(ecs.calls.get('DescribeAvailableResource')).toBe(2);
  expect(await rows(...filter, '--limit', '5')).toBe(5);
});
