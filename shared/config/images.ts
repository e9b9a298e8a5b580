/** `images`: of an architecture, and of the operator's own names. */
import * as z from 'zod';
import { Arch, githubName, labelText, resourceId } from './field-types.ts';

const Image = z
  .strictObject({
    family: z.string().min(1).optional(),
    id: resourceId('m').optional(),
    arch: Arch.optional(),
    metadata: z.enum(['hardened', 'any']).default('hardened'),
    repositories: z.array(githubName).optional(),
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
    for (const [name, image] of Object.entries(images))
      if (image.arch === undefined && name !== 'amd64' && name !== 'arm64')
        context.addIssue({
          code: 'custom',
          path: [name, 'arch'],
          message: 'must be amd64 or arm64 for an image of another name',
        });
  });
