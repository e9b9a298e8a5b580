/** What of mirrors' objects each region has, from a note of JSON. */
import type * as z from 'zod';
import { parseJson } from '../../json.ts';

/** By region. Empty: none that this version of the code understands; jobs ask GitHub. */
export const parseKept = <Kept>(text: string, shape: z.ZodType<Record<string, Kept>>): Record<string, Kept> =>
  shape.safeParse(parseJson(text)).data ?? {};
