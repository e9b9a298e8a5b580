/** What ECS answers about its market, parsed: names as the SDK models of `@alicloud/ecs20140526` have them on the wire. */
import * as z from 'zod';
import type { Stock } from '../../market/market.ts';
import type { PricePoint, StockByZone, TypeFacts } from '../../market/merge.ts';

/** @see SDK model DescribeInstanceTypesResponseBody */
export const TypesPage = z.object({
  InstanceTypes: z.object({
    InstanceType: z.array(
      z.object({
        InstanceTypeId: z.string().min(1).max(64),
        InstanceTypeFamily: z.string().min(1).max(64),
        CpuCoreCount: z.number(),
        MemorySize: z.number(),
        CpuArchitecture: z.string().nullish(),
        GPUAmount: z.number().nullish(),
      }),
    ),
  }),
  NextToken: z.string().nullish(),
});

/** GPU, FPGA and bare metal, where the fields do not say so. @see Alibaba Cloud docs, "Overview of instance families" */
const SPECIAL_FAMILY = /^ecs\.(ebm|scc|f\d|gn|vgn|sgn|ga)/;

export function readTypes(page: z.output<typeof TypesPage>): TypeFacts[] {
  return page.InstanceTypes.InstanceType.filter(
    (each) => Number.isInteger(each.CpuCoreCount) && each.CpuCoreCount > 0 && each.MemorySize > 0,
  ).map((each) => ({
    type: each.InstanceTypeId,
    family: each.InstanceTypeFamily,
    arch: each.CpuArchitecture === 'ARM' ? 'arm64' : 'amd64',
    cpu: each.CpuCoreCount,
    memoryGiB: each.MemorySize,
    isSpecial: (each.GPUAmount ?? 0) > 0 || SPECIAL_FAMILY.test(each.InstanceTypeId),
  }));
}

/** @see SDK model DescribeAvailableResourceResponseBody */
export const StockAnswer = z.object({
  AvailableZones: z.object({
    AvailableZone: z.array(
      z.object({
        ZoneId: z.string().min(1).max(64),
        AvailableResources: z
          .object({
            AvailableResource: z.array(
              z.object({
                Type: z.string(),
                SupportedResources: z.object({
                  SupportedResource: z.array(
                    z.object({
                      Value: z.string(),
                      Status: z.string().nullish(),
                      StatusCategory: z.string().nullish(),
                    }),
                  ),
                }),
              }),
            ),
          })
          .nullish(),
      }),
    ),
  }),
});

const STOCK_WORDS = new Map<string, Stock>([
  ['WithStock', 'ample'],
  ['ClosedWithStock', 'scarce'],
  ['WithoutStock', 'sold-out'],
  ['ClosedWithoutStock', 'gone'],
]);

export function readStock(answer: z.output<typeof StockAnswer>): StockByZone {
  return new Map(
    answer.AvailableZones.AvailableZone.map(({ ZoneId, AvailableResources }) => {
      const resources = (AvailableResources?.AvailableResource ?? []).filter(
        ({ Type }) => Type === 'InstanceType',
      );
      const types = resources.flatMap(({ SupportedResources }) => SupportedResources.SupportedResource);
      return [ZoneId, new Map(types.map((each) => [each.Value, stockWord(each)]))];
    }),
  );
}

/** SoldOut wins over a category that says otherwise; a word that we do not know says nothing. */
function stockWord(each: {
  readonly Status?: string | null | undefined;
  readonly StatusCategory?: string | null | undefined;
}): Stock | null {
  const word = STOCK_WORDS.get(each.StatusCategory ?? '') ?? null;
  if (each.Status !== 'SoldOut') return word;
  return word === 'gone' ? 'gone' : 'sold-out';
}

/** @see SDK model DescribeSpotPriceHistoryResponseBody */
export const PricePage = z.object({
  Currency: z.string().max(16).nullish(),
  NextOffset: z.int().nullish(),
  SpotPrices: z.object({
    SpotPriceType: z.array(
      z.object({
        ZoneId: z.string(),
        SpotPrice: z.number(),
        OriginPrice: z.number().nullish(),
        Timestamp: z.string(),
        IoOptimized: z.string().nullish(),
      }),
    ),
  }),
});

/** A price of zero is no price, and a time that is none makes no point. */
export function readPricePoints(page: z.output<typeof PricePage>): PricePoint[] {
  return page.SpotPrices.SpotPriceType.filter((each) => each.IoOptimized !== 'none')
    .map((each) => ({
      zone: each.ZoneId,
      atMs: Date.parse(each.Timestamp),
      price: each.SpotPrice,
      onDemandPrice: (each.OriginPrice ?? 0) > 0 ? (each.OriginPrice as number) : null,
    }))
    .filter((point) => point.price > 0 && !Number.isNaN(point.atMs));
}

/** @see SDK model DescribeSpotAdviceResponseBody */
export const AdviceAnswer = z.object({
  AvailableSpotZones: z.object({
    AvailableSpotZone: z.array(
      z.object({
        ZoneId: z.string(),
        AvailableSpotResources: z.object({
          AvailableSpotResource: z.array(
            z.object({ InstanceType: z.string(), InterruptionRate: z.number().nullish() }),
          ),
        }),
      }),
    ),
  }),
});

/** Type → zone → share. ECS gives percent: its descriptions of the same value read `0-3%`. */
export function readInterruptionRates(
  answer: z.output<typeof AdviceAnswer>,
): Map<string, Map<string, number>> {
  const rates = new Map<string, Map<string, number>>();
  for (const { ZoneId, AvailableSpotResources } of answer.AvailableSpotZones.AvailableSpotZone)
    for (const { InstanceType, InterruptionRate } of AvailableSpotResources.AvailableSpotResource) {
      if (typeof InterruptionRate !== 'number') continue;
      const zones = rates.get(InstanceType) ?? new Map<string, number>();
      rates.set(InstanceType, zones.set(ZoneId, Math.min(1, Math.max(0, InterruptionRate / 100))));
    }
  return rates;
}
