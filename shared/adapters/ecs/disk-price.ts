/** What a disk costs where the account pays in another currency than our estimate's. */
import * as z from 'zod';
import { callOrNote, note, type Round } from './market-round.ts';

/** Prices of one disk may be rounded; of so big a one, less so. */
const ASKED_GIB = 1000;

const PriceAnswer = z.object({
  PriceInfo: z.object({
    Price: z.object({ Currency: z.string(), TradePrice: z.number().positive().finite() }),
  }),
});

/**
 * Of a GiB and hour, in the currency of the round's prices; null: there was none in it. ESSD PL0 is what a launch asks for first.
 * As a data disk: a system disk has the same price, and is told with an image and a type alone (SDK model DescribePriceRequest).
 */
export async function diskPrice(round: Round): Promise<number | null> {
  const params = {
    ...{ ResourceType: 'disk', PriceUnit: 'Hour', 'DataDisk.1.Category': 'cloud_essd' },
    ...{ 'DataDisk.1.PerformanceLevel': 'PL0', 'DataDisk.1.Size': String(ASKED_GIB) },
  };
  const answer = await callOrNote(round, 'DescribePrice', params, (body) => PriceAnswer.parse(body));
  if (answer === null) return null;
  const { Currency, TradePrice } = answer.PriceInfo.Price;
  if (Currency === round.currency) return TradePrice / ASKED_GIB;
  note(round, `disks are priced in ${Currency.slice(0, 16)}, and instances in ${round.currency}`);
  return null;
}
