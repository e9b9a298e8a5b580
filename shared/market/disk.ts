/** What a disk costs, in the currency of the prices beside it. */
import type { DiskPriced } from '../nouns.ts';

/**
 * CNY a GiB and hour of the disk that we ask for first (ESSD PL0). Near the published pay-as-you-go prices of 2025 in
 * mainland regions, and not asked for: an estimate. Other disks, which a type or zone may force on us, cost up to twice that.
 */
export const DISK_PRICE_PER_GIB_HOUR = 0.00105;

/** Both are known, and of another currency: not to be added. */
export const isForeign = ({ currency }: DiskPriced, to: string | null | undefined): boolean =>
  currency != null && to != null && currency !== to;

/** In a market's own currency: yuan are never added to dollars. */
export const diskPriceIn = ({ currency = null, diskPerGiBHour = null }: DiskPriced): number | null =>
  diskPerGiBHour ?? (currency === 'CNY' ? DISK_PRICE_PER_GIB_HOUR : null);

/** Of what was bought: an earlier release knew the estimate in CNY alone. */
export const diskPriceOf = ({ currency, diskPerGiBHour }: DiskPriced): number | null =>
  diskPerGiBHour === undefined ? diskPriceIn({ currency: currency ?? 'CNY' }) : diskPerGiBHour;

/** An hour of it, in the currency that it was bought in; nothing, where its price is not known. */
export const diskPricePerHour = (diskGiB: number | null, bought: DiskPriced = {}): number =>
  (diskGiB ?? 0) * (diskPriceOf(bought) ?? 0);
