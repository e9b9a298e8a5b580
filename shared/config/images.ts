/** `images`: of an architecture, and of the operator's own names. */
import * as z from 'zod';
import { Arch, githubName, labelText, ms, packageName, resourceId } from './field-types.ts';

const DAY_MS = 24 * 3_600_000;

/** What an image is to hold beyond what each runner needs, and how old it may become. */
const Bake = z.strictObject({
  packages: z.array(packageName).max(100).default([]),
  script: z.string().max(4096).nullable().default(null),
  every: ms
    .refine((value) => value >= DAY_MS && value <= 60 * DAY_MS, 'must lie between 1d and 60d')
    .prefault('7d'),
});
export type BakeConfig = z.output<typeof Bake>;

const Image = z
  .strictObject({
    family: z.string().min(1).optional(),
    id: resourceId('m').optional(),
    arch: Arch.optional(),
    metadata: z.enum(['hardened', 'any']).default('hardened'),
    repositories: z.array(githubName).optional(),
    bake: z.union([z.literal(true).transform((): BakeConfig => Bake.parse({})), Bake]).optional(),
  })
  .refine(
    (image) => (image.family === undefined) !== (image.id === undefined),
    'must have either family or id',
  );

const STOCK_IMAGES = {
  amd64: { family: 'acs:ubuntu_24_04_x64', metadata: 'hardened' as const },
  arm64: { family: 'acs:ubuntu_24_04_arm64', metadata: 'hardened' as const },
};

const NamedImages = z.record(labelText, Image);
export const Images = NamedImages.default({})
  // Images of other names come beside those of the architectures; who names one of these says which are offered.
  .transform(
    (images): z.output<typeof NamedImages> =>
      images.amd64 === undefined && images.arm64 === undefined ? { ...STOCK_IMAGES, ...images } : images,
  )
  .superRefine((images, context) => {
    for (const [name, image] of Object.entries(images)) {
      const isArch = name === 'amd64' || name === 'arm64';
      const says = (message: string) => context.addIssue({ code: 'custom', path: [name, 'arch'], message });
      if (image.arch === undefined && !isArch) says('must be amd64 or arm64 for an image of another name');
      if (isArch && image.arch !== undefined && image.arch !== name)
        says(`must be ${name}, or absent: give an image of the other architecture another name`);
    }
  });
