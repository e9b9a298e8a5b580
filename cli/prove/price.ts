/** What an hour of a candidate costs at most. */
import type { Candidate } from '../../shared/nouns.ts';

/** 0: no price is known. */
export const priceOf = ({ priceLimit, pricePerHour, onDemandPricePerHour }: Candidate): number =>
  priceLimit ?? onDemandPricePerHour ?? pricePerHour ?? 0;
