/** `warm:` of `runners.yaml`: runners that wait for jobs, instead of jobs for runners. */
import * as z from 'zod';
import { githubName, labelText } from './field-types.ts';
import { isTimeZone, parseSchedule } from './schedule.ts';

export const Warm = z
  .array(
    z
      .strictObject({
        labels: z.array(labelText).min(1).max(20).optional(),
        profile: labelText.optional(),
        hot: z.int().min(0).max(100).default(0),
        stopped: z.int().min(0).max(100).default(0),
        when: z
          .string()
          .max(200)
          .refine(
            (text) => parseSchedule(text) !== null,
            'must be spans of a week such as Mon-Fri 08:30-19:00, parted by commas',
          )
          .nullable()
          .default(null),
        timeZone: z
          .string()
          .refine(isTimeZone, 'must be a time zone such as Asia/Shanghai')
          .default('Asia/Shanghai'),
        repositories: z.array(githubName).min(1).max(50).nullable().default(null),
      })
      .refine(
        ({ labels, profile }) => (labels === undefined) !== (profile === undefined),
        'must have either labels or a profile',
      )
      .refine(({ hot, stopped }) => hot + stopped > 0, 'must have hot, stopped or both'),
  )
  .max(20)
  .default([]);
