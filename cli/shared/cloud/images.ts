/** An image of `runners.yaml` as the account has it. */
import type { Config } from '../../../shared/config/config.ts';
import type { Answer } from '../alibaba.ts';

/** @see SDK model DescribeImagesResponseBodyImagesImage */
export interface AccountImage {
  readonly Architecture?: string;
  readonly ImageId?: string;
  readonly ImageFamily?: string;
  readonly OSNameEn?: string;
  readonly Size?: number;
  readonly IsSupportCloudinit?: boolean;
  readonly Features?: { readonly ImdsSupport?: string };
}

const ARCHITECTURES: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'arm64' };

/** ECS's word for the architecture that an image of that name is for. */
export const architectureOf = (name: string, { arch }: Config['images'][string]): string | undefined =>
  ARCHITECTURES[arch ?? name];

/** Of ECS; the action and its parameters. */
type Ask = (action: string, query: Readonly<Record<string, string>>) => Promise<Answer>;

/**
 * DescribeImageFromFamily says which image it is, and nothing of its features: that is asked of the image itself. Null:
 * there is none.
 */
export async function accountImage(
  { id, family = '' }: Config['images'][string],
  ask: Ask,
): Promise<AccountImage | null> {
  const ImageId = id ?? (await newestOf(family, ask));
  if (!ImageId) return null;
  const { Images } = await ask('DescribeImages', { ImageId });
  return (Images as { readonly Image?: readonly AccountImage[] } | undefined)?.Image?.[0] ?? null;
}

async function newestOf(ImageFamily: string, ask: Ask): Promise<string | undefined> {
  const { Image } = await ask('DescribeImageFromFamily', { ImageFamily });
  return (Image as AccountImage | undefined)?.ImageId;
}
