/** What a deployment costs a month while no job runs. Pure. */
import { isMainland } from '../../shared/config/regions.ts';

/** USD an hour, list prices. Alibaba Cloud docs, NAT Gateway, "Billing of Internet NAT gateways" (edition of 2026). */
const NAT_USD_PER_HOUR = { mainland: 0.034, elsewhere: 0.043 } as const;
const HOURS_A_MONTH = 730;

export const COST_SOURCE =
  'list prices: alibabacloud.com/help/en/nat-gateway, Billing of Internet NAT gateways; what the buy page says is what you pay';

/** One line a gateway, for the regions in which one is made. */
export function standingCosts(regions: readonly string[]): string[] {
  return regions.map(
    (region) =>
      `a NAT gateway in ${region}: about USD ${monthly(region)} a month whether jobs run or not, and its address a smaller fee`,
  );
}

export const monthly = (region: string): string =>
  (HOURS_A_MONTH * NAT_USD_PER_HOUR[isMainland(region) ? 'mainland' : 'elsewhere']).toFixed(0);
