/** Spans and money as people read them. */

/** Two units at the most: `40 s`, `3 min 20 s`, `5 h 2 min`, `2 d 4 h`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return joined(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return joined(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

const joined = (big: number, unit: string, small: number, smaller: string): string =>
  small === 0 ? `${big} ${unit}` : `${big} ${unit} ${small} ${smaller}`;

export function formatPrice(value: number | null, currency: string | null): string {
  return value === null ? 'unknown' : `${currency ?? ''} ${value.toFixed(4)}`.trim();
}
