/** By which way functions and runners reach GitHub, as far as `runners.yaml` tells. */
import { afterEach, expect, test } from 'vitest';
import { NETWORK_CHECKS } from '../../../cli/doctor/checks/network.ts';
import { examine } from '../../../cli/doctor/finding.ts';
import type { Config } from '../../../shared/config/config.ts';
import { type Healthy, healthy } from './healthy.ts';

let here: Healthy;
afterEach(() => here.close());

const control = (changes: Partial<Config['control']>) => (config: Config) => ({
  control: { ...config.control, ...changes },
});
const proxy =
  (settings: object) =>
  ({ placements }: Config) =>
    ({
      placements: placements.map((each) => ({ ...each, proxy: { noProxy: [], ...settings } })),
    }) as Partial<Config>;
const P = 'http://proxy.internal:3128';

// biome-ignore format: a table reads best as a table.
test.each([
  ['all as it should be', () => ({}), 'ok', /npm run prove measures/],
  ['functions in the mainland', control({ region: 'cn-beijing' }), 'warning', /^the functions are in cn-beijing, from where GitHub/],
  ['functions in the mainland with a proxy', control({ region: 'cn-beijing', egressProxy: P }), 'ok', /npm run prove/],
  ['a proxy for http alone', proxy({ http: P }), 'warning', /^the proxy of cn-hangzhou is for http alone/],
  ['a proxy for both', proxy({ http: P, https: P }), 'ok', /npm run prove/],
] as const)('%s', async (_what, change, level, says) => {
  here = await healthy();
  const check = NETWORK_CHECKS.filter(({ name }) => name === 'ways to GitHub');
  const findings = await examine(check, here.world(change(here.config)));
  expect(findings).toMatchObject([{ level, text: expect.stringMatching(says) }]);
});
