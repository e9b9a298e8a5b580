/** Charts as SVG made here: places in per cent, so that they are as wide as the page, and letters keep their size. */
import { type Html, html } from '../shared/screen/html.ts';

export const PHASES = ['queued', 'launch', 'boot', 'idle', 'busy', 'ending', 'gone'] as const;
export type Phase = (typeof PHASES)[number];

/** One stretch of a time line. */
export interface Stretch {
  readonly phase: Phase;
  readonly fromMs: number;
  readonly toMs: number;
}

const percent = (part: number, whole: number): string =>
  `${Math.min(100, Math.max(0, whole <= 0 ? 0 : (100 * part) / whole)).toFixed(2)}%`;

/** `label`: what it shows, in words, for whoever does not see it. */
export function timeline(
  stretches: readonly Stretch[],
  { fromMs, toMs, label }: { readonly fromMs: number; readonly toMs: number; readonly label: string },
): Html {
  const whole = toMs - fromMs;
  const bars = stretches.map(({ phase, ...at }) => {
    const begin = Math.max(at.fromMs, fromMs);
    return html`<rect class="phase-${phase}" x="${percent(begin - fromMs, whole)}" width="${percent(Math.min(at.toMs, toMs) - begin, whole)}" y="${HEIGHTS[phase].y}" height="${HEIGHTS[phase].height}"/>`;
  });
  return html`<svg class="timeline" role="img" aria-label="${label}" width="100%" height="20"><rect class="ground" x="0" width="100%" y="9.5" height="1"/>${bars}</svg>`;
}

/** Thickness, too, tells a phase: colour is not needed to read it. */
const HEIGHTS: Readonly<Record<Phase, { readonly y: number; readonly height: number }>> = {
  queued: { y: 8, height: 4 },
  launch: { y: 6, height: 8 },
  boot: { y: 4, height: 12 },
  idle: { y: 6, height: 8 },
  busy: { y: 1, height: 18 },
  ending: { y: 6, height: 8 },
  gone: { y: 9, height: 2 },
};

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** Of the same: drawn behind, and never less than `value`. */
  readonly behind: number | null;
}

const CHART_HEIGHT = 160;
const BASE = 140;

/** `format`: a value with its unit, for the axis. */
export function barChart(bars: readonly Bar[], label: string, format: (value: number) => string): Html {
  const top = Math.max(...bars.map(({ value, behind }) => Math.max(value, behind ?? 0)), 0);
  const slot = 100 / Math.max(1, bars.length);
  const heightOf = (value: number) => (top === 0 ? 0 : ((BASE - 20) * value) / top);
  const each = bars.map(({ value, behind }, at) =>
    [
      { kind: 'behind', of: behind ?? 0, wide: 0.8 },
      { kind: 'value', of: value, wide: behind === null ? 0.7 : 0.4 },
    ].map(({ kind, of, wide }) => {
      const height = heightOf(of);
      return html`<rect class="bar-${kind}" x="${(slot * (at + (1 - wide) / 2)).toFixed(2)}%" width="${(slot * wide).toFixed(2)}%" y="${(BASE - height).toFixed(1)}" height="${height.toFixed(1)}"/>`;
    }),
  );
  const first = bars[0]?.name ?? '';
  const last = bars.at(-1)?.name ?? '';
  return html`<svg class="chart" role="img" aria-label="${label}" width="100%" height="${CHART_HEIGHT}">
    <line class="axis" x1="0" x2="100%" y1="${BASE}" y2="${BASE}"/><line class="grid" x1="0" x2="100%" y1="20" y2="20"/>
    <text x="0" y="14">${format(top)}</text>${each}
    <text x="0" y="156">${first}</text><text x="100%" y="156" text-anchor="end">${last === first ? '' : last}</text></svg>`;
}
