/** Where jobs fetch packages from, in `runners.yaml`. */
import * as z from 'zod';
import { isMainland } from './regions.ts';

/** It is written into files of several kinds, and into the job's log: without credentials, and nothing to be quoted. */
const mirrorUrl = z
  .string()
  .regex(
    /^https?:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?(?:\/[A-Za-z0-9._~/-]*)?$/,
    'must be the plain address of a mirror',
  );

/** `aliyun`: Alibaba Cloud's public mirror, where there is one; `none`: what the tool does by itself. */
const Choice = z.union(
  [z.enum(['aliyun', 'none']), mirrorUrl],
  'must be aliyun, none, or the address of a mirror',
);

export const TOOLS = ['npm', 'pip', 'go', 'maven', 'cargo', 'apt', 'docker'] as const;
export type MirroredTool = (typeof TOOLS)[number];

const ByTool = z.strictObject(
  Object.fromEntries(TOOLS.map((tool) => [tool, Choice.optional()])) as Record<
    MirroredTool,
    z.ZodOptional<typeof Choice>
  >,
);

/** Null: by region, as is each tool that is not named. */
export const PackageMirrors = z
  .union([z.enum(['aliyun', 'none']), ByTool], {
    error: 'must be aliyun, none, or a list such as {pip: aliyun, npm: https://…}',
  })
  .nullable()
  .default(null);

export type PackageMirrorsConfig = z.output<typeof PackageMirrors>;

/** What is written for one tool, for machines of that region. */
export function mirrorChoice(tool: MirroredTool, region: string, mirrors: PackageMirrorsConfig): string {
  const written = typeof mirrors === 'string' ? mirrors : mirrors?.[tool];
  return written ?? (isMainland(region) ? 'aliyun' : 'none');
}
