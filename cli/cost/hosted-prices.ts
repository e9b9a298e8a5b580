/**
 * What GitHub's own Linux runners cost, USD a minute, by cores; every job is rounded up to whole minutes. Source: GitHub
 * docs, "Actions runner pricing" (content/billing/reference/actions-runner-pricing.md), prices from 2026-01-01 on.
 */
import type { Arch } from '../../shared/nouns.ts';

export const HOSTED_SOURCE = 'GitHub docs, "Actions runner pricing", from 2026-01-01';

const PRICES: Readonly<Record<Arch, readonly (readonly [cores: number, perMinute: number])[]>> = {
  amd64: [
    [2, 0.006],
    [4, 0.012],
    [8, 0.022],
    [16, 0.042],
    [32, 0.082],
    [64, 0.162],
    [96, 0.252],
  ],
  arm64: [
    [2, 0.005],
    [4, 0.008],
    [8, 0.014],
    [16, 0.026],
    [32, 0.05],
    [64, 0.098],
  ],
};

/** Of the smallest that has as many cores; null: GitHub has none. */
export function hostedUsd(arch: Arch, cores: number, ranMs: number): number | null {
  const price = PRICES[arch].find(([each]) => each >= cores)?.[1];
  return price === undefined ? null : Math.ceil(Math.max(0, ranMs) / 60_000) * price;
}
