/**
 * CNY a GiB and hour of the disk that we ask for first (ESSD PL0). Near the published pay-as-you-go prices of 2025 in
 * mainland regions, and not asked for: an estimate. Other disks, which a type or zone may force on us, cost up to twice that.
 */
export const DISK_PRICE_PER_GIB_HOUR = 0.00105;

export const diskPricePerHour = (diskGiB: number | null): number => (diskGiB ?? 0) * DISK_PRICE_PER_GIB_HOUR;
