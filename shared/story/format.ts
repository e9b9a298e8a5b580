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
  return value === null ? 'unknown' : `${currency ?? ''} ${formatAmount(value)}`.trim();
}

/** What an amount of money is known by: two digits below one, three up to a hundred, whole ones above: `0.0032`, `0.45`, `1.07`, `12.3`, `805`. */
export function formatAmount(value: number): string {
  const size = Math.abs(value);
  if (size >= 99.95) return value.toFixed(0);
  if (size >= 9.995) return value.toFixed(1);
  if (size >= 0.995) return value.toFixed(2);
  const digits = size === 0 ? 0 : Math.min(8, 1 - Math.floor(Math.log10(size)));
  return value.toFixed(Math.max(digits, size === 0 ? 0 : 2));
}
