/** Sweeps that could not say of every runner whether it is registered. */

const MINUTE_MS = 60_000;

export function unsureSweeps() {
  const sweeps = new Set<number>();
  return {
    count: () => sweeps.size,
    note(event: string, fields: Readonly<Record<string, unknown>>, nowMs: number): void {
      const isUnsure = event === 'survey.truncated' || event === 'survey.failed';
      // Sweeps begin about the full minute, before or after it.
      const sweep = Math.round(nowMs / MINUTE_MS);
      if (isUnsure && String(fields.what).startsWith('runner')) sweeps.add(sweep);
      // A list that was cut is made whole by asking about those alone whom it left out.
      if (event === 'survey.asked_singly' && fields.open === 0) sweeps.delete(sweep);
    },
  };
}
