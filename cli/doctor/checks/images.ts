/** What each image of `runners.yaml` resolves to, in each region: is it there, of its architecture, and does it take our metadata mode? */
import { type Check, type CheckOutcome, ok, wrong } from '../finding.ts';
import type { DoctorWorld } from '../world.ts';

export const IMAGES_CHECK: Check = {
  name: 'images',
  needs: ['credentials', 'configuration'],
  async look(world) {
    const findings: CheckOutcome[] = [];
    for (const { region } of world.config.placements)
      for (const name of Object.keys(world.config.images))
        findings.push(...(await image(world, region, name)));
    return findings.length > 0
      ? findings
      : [ok('each is there, of its architecture, and takes its metadata mode')];
  },
};

const ARCHITECTURES: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'arm64' };

/** @see SDK model DescribeImagesResponseBodyImagesImage */
interface Image {
  readonly Architecture?: string;
  readonly ImageId?: string;
  readonly ImageFamily?: string;
  readonly OSNameEn?: string;
  readonly Features?: { readonly ImdsSupport?: string };
}

async function image(world: DoctorWorld, region: string, name: string): Promise<CheckOutcome[]> {
  const { family, id, arch, metadata } = world.config.images[name] ?? {};
  const found = await resolved(world, region, id, family);
  const wanted = ARCHITECTURES[arch ?? name];
  if (found === undefined) {
    const what = id === undefined ? `family ${family}` : `image ${id}`;
    return [wrong(`image ${name}: ${region} has no ${what}`, 'correct images in runners.yaml')];
  }
  if (found.Architecture !== undefined && found.Architecture !== wanted)
    return [
      wrong(`image ${name}: is ${found.Architecture}, not ${wanted}`, 'correct images in runners.yaml'),
    ];
  const objection = metadata === 'hardened' ? whyNotHardened(found) : null;
  if (objection === null) return [];
  const written = id === undefined ? `family: ${family}` : `id: ${id}`;
  return [
    wrong(
      `image ${name}: ${found.ImageId} in ${region} ${objection}`,
      `write images.${name}: {${written}, metadata: any}, or take another image; then run npm run deploy`,
    ),
  ];
}

/** DescribeImageFromFamily says which image it is, and nothing of its features: that is asked of the image itself. */
async function resolved(
  { alibaba }: DoctorWorld,
  region: string,
  id: string | undefined,
  family: string | undefined,
): Promise<Image | undefined> {
  let ImageId = id;
  if (ImageId === undefined) {
    const answer = await alibaba.rpc('ecs', region, 'DescribeImageFromFamily', { ImageFamily: family ?? '' });
    ImageId = (answer.Image as Image | undefined)?.ImageId;
  }
  if (!ImageId) return undefined;
  const answer = await alibaba.rpc('ecs', region, 'DescribeImages', { ImageId });
  return (answer.Images as { readonly Image: readonly Image[] }).Image[0];
}

/** cloud-init asks AliYun's metadata with tokens since 23.1; Debian 12 has 22.4.2: 403, and no user data. */
const DEBIAN_WITH_TOKENS_MIN = 13;

/** Null: it takes hardened mode, for all that can be seen. */
function whyNotHardened({ Features, OSNameEn = '', ImageFamily = '' }: Image): string | null {
  if (Features?.ImdsSupport === 'v1')
    return 'takes no hardened-only metadata (ImdsSupport v1): each launch is refused';
  const debian = /debian[\s_]+(\d+)/i.exec(`${OSNameEn} ${ImageFamily}`)?.[1];
  if (debian === undefined || Number(debian) >= DEBIAN_WITH_TOKENS_MIN) return null;
  return `is Debian ${debian}: its cloud-init reads no user data in hardened mode, so each machine would boot for nothing`;
}
