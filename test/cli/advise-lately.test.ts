/** What the circuit breaker and refusals leave alone for a while, an advice leaves alone too, and says so. */
import { expect, test } from 'vitest';
import { adviceForJob } from '../../cli/advise/look.ts';
import { parseOptions } from '../../cli/advise/options.ts';
import { simulatedCall, simulatedConfig } from '../../cli/advise/simulated.ts';
import { ecsMarket } from '../../shared/adapters/ecs/market.ts';
import { NOW_MS } from '../shared/advisor/builders.ts';

const TAKEN = 'the market took it back from a job';

async function advised(lately: () => Promise<ReadonlyMap<string, string>>) {
  const options = parseOptions(['--simulate', '--labels', 'self-hosted,aliyun,arm64'], () => undefined);
  if (options === null) throw new Error('help was asked for');
  const nowMs = () => NOW_MS;
  const source = ecsMarket({ call: simulatedCall(NOW_MS), clock: { nowMs }, spotDuration: 1 });
  return adviceForJob(options, simulatedConfig(), { source, nowMs, lately });
}

test('an offering that was taken back is no candidate for now, with the reason', async () => {
  const [best] = (await advised(async () => new Map())).rows;
  const what = `${best?.zoneId}/${best?.instanceTypeId}/spot`;
  const advice = await advised(async () => new Map([[`offering:${what}`, TAKEN]]));
  expect(advice.rows.map(({ zoneId, instanceTypeId }) => `${zoneId}/${instanceTypeId}/spot`)).not.toContain(
    what,
  );
  expect(advice.leftOut).toContainEqual({ what, because: `it was of no use a moment ago (${TAKEN})` });
  expect(advice.notes).toEqual([]);
});

test('a ledger that cannot be asked is told, and the rest is advised all the same', async () => {
  const advice = await advised(() => Promise.reject(new Error('OTSAuthFailed')));
  expect(advice.rows.length).toBeGreaterThan(0);
  expect(advice.notes).toEqual([
    'what was refused or taken back of late is not known, and may be among these: OTSAuthFailed',
  ]);
});
