/** What an hour of a candidate costs at most. */
import { diskPricePerHour } from '../../shared/market/disk.ts';
import type { Candidate, Requirements } from '../../shared/nouns.ts';

/** 0: no price is known. */
export const priceOf = ({ priceLimit, pricePerHour, onDemandPricePerHour }: Candidate): number =>
  priceLimit ?? onDemandPricePerHour ?? pricePerHour ?? 0;

/** ESSD PL1 costs twice PL0, and is the dearer of the two that we ask for first (Alibaba Cloud price list, 2025). */
const DEARER = 2;

/** Of its system disk; 0: not known. */
export const diskPerHour = (candidate: Candidate, { diskGiB }: Pick<Requirements, 'diskGiB'>): number =>
  DEARER * diskPricePerHour(diskGiB, candidate);
