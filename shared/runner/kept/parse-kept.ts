/** What of mirrors' objects each region has, from a note of JSON. */
import type * as z from 'zod';

/** By region. Empty: none that this version of the code understands; jobs ask GitHub. */
export function parseKept<Kept>(text: string, shape: z.ZodType<Record<string, Kept>>): Record<string, Kept> {
  try {
    return shape.safeParse(JSON.parse(text)).data ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
