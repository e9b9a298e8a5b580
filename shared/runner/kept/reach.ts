/** How a region is reached from inside, as its mirror measures it: what it is asked, and what it answers. */
import * as z from 'zod';

/** For each place, all at once. */
export const REACH_MAX_S = 15;
/** Of each, the first bytes. */
export const REACH_MAX_BYTES = 4 * 1024 * 1024;
const PLACES_MAX = 20;

export const ReachOrder = z.strictObject({
  kind: z.literal('reach'),
  /** Short name → address. */
  places: z
    .record(z.string().regex(/^[a-z]{1,20}$/), z.url({ protocol: /^https?$/ }))
    .refine((places) => Object.keys(places).length <= PLACES_MAX),
  /** An object of the region's bucket, read by the mirror's own right; null: none. */
  key: z
    .string()
    .regex(/^[A-Za-z0-9._/-]{1,200}$/)
    .nullable(),
});
export type ReachOrder = z.output<typeof ReachOrder>;

export const ReachAnswer = z.object({
  reached: z.record(
    z.string(),
    z.object({
      /** Null: no answer. */
      status: z.int().nullable(),
      firstByteMs: z.number().nonnegative(),
      /** Null: it is not known. */
      bytesPerSecond: z.number().nonnegative().nullable(),
    }),
  ),
});
export type ReachAnswer = z.output<typeof ReachAnswer>;
