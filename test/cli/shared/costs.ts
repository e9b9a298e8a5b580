/** A cost report with all that there may be in it. */
import type { renderCosts } from '../../../cli/cost/table.ts';

const NOW_MS = Date.UTC(2026, 4, 3, 12);
const NAME = 'integration-tests (ubuntu, arm64, 构建与测试, shard 17 of 32)';

const SUMS = {
  ...{ jobs: 12_345, hours: 123_456.7, instance: 123_456.78, disk: 1_234.56, total: 124_691.34 },
  ...{ onDemand: 400_000, hostedUsd: 100_000, unpriced: 0, billed: 124_000, billedMachines: 9 },
};
export const COSTS = {
  ...{ fromMs: NOW_MS, atMs: NOW_MS, currency: 'CNY', monthForecast: null, cutDays: [], sizings: [] },
  report: {
    ...{
      total: SUMS,
      all: SUMS,
      billedEstimate: 124_691.34,
      by: { repository: [{ name: NAME + NAME, ...SUMS }] },
    },
    idle: {
      ...{ waiting: SUMS, unused: SUMS, machines: { waiting: 3, unused: 2 } },
      ...{ servedWarm: 2, savedSeconds: 60 },
    },
  },
} as unknown as Parameters<typeof renderCosts>[0];
