/** An account of the China site pays in CNY, one of the international site in USD (SDK model DescribePriceResponseBody). */
import type { Region } from './catalogue.ts';

export type Currency = 'CNY' | 'USD';

/** Of a yuan. Made up: real list prices of the two sites are not each other's at any rate. */
export const WORTH: Readonly<Record<Currency, number>> = { CNY: 1, USD: 0.14 };

/** To four decimals: a price limit has three. */
export function pricedIn(region: Region, currency: Currency): Region {
  if (currency === 'CNY') return region;
  const types = [...region.types].map(
    ([id, type]) =>
      [id, { ...type, onDemandPrice: Math.round(type.onDemandPrice * WORTH[currency] * 1e4) / 1e4 }] as const,
  );
  return { ...region, types: new Map(types) };
}
