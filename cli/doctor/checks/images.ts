/** What each image of `runners.yaml` resolves to, in each region: is it there, of its architecture, and does it take our metadata mode? */
import type { Config } from '../../../shared/config/config.ts';
import { type AccountImage, accountImage, architectureOf } from '../../shared/cloud/images.ts';
import { type Check, type CheckOutcome, ok, wrong } from '../finding.ts';
import type { DoctorWorld } from '../world.ts';

export const IMAGES_CHECK: Check = {
  name: 'images',
  needs: ['credentials', 'configuration'],
  async look(world) {
    const findings: CheckOutcome[] = [];
    for (const { region } of world.config.placements)
      for (const [name, written] of Object.entries(world.config.images))
        findings.push(...(await image(world, region, name, written)));
    return findings.length > 0
      ? findings
      : [ok('each is there, of its architecture, and takes its metadata mode')];
  },
};

async function image(
  world: DoctorWorld,
  region: string,
  name: string,
  written: Config['images'][string],
): Promise<CheckOutcome[]> {
  const { family, id, metadata } = written;
  const found = await accountImage(written, (action, query) =>
    world.alibaba.rpc('ecs', region, action, query),
  );
  const wanted = architectureOf(name, written);
  if (found === null) {
    const what = id === undefined ? `family ${family}` : `image ${id}`;
    return [wrong(`image ${name}: ${region} has no ${what}`, 'correct images in runners.yaml')];
  }
  if (found.Architecture !== undefined && found.Architecture !== wanted)
    return [
      wrong(`image ${name}: is ${found.Architecture}, not ${wanted}`, 'correct images in runners.yaml'),
    ];
  const objection = metadata === 'hardened' ? whyNotHardened(found) : null;
  if (objection === null) return [];
  const key = id === undefined ? `family: ${family}` : `id: ${id}`;
  return [
    wrong(
      `image ${name}: ${found.ImageId} in ${region} ${objection}`,
      `write images.${name}: {${key}, metadata: any}, or take another image; then run npm run deploy`,
    ),
  ];
}

/** cloud-init asks AliYun's metadata with tokens since 23.1; Debian 12 has 22.4.2: 403, and no user data. */
const DEBIAN_WITH_TOKENS_MIN = 13;

/** Null: it takes hardened mode, for all that can be seen. */
function whyNotHardened({ Features, OSNameEn = '', ImageFamily = '' }: AccountImage): string | null {
  if (Features?.ImdsSupport === 'v1')
    return 'takes no hardened-only metadata (ImdsSupport v1): each launch is refused';
  const debian = /debian[\s_]+(\d+)/i.exec(`${OSNameEn} ${ImageFamily}`)?.[1];
  if (debian === undefined || Number(debian) >= DEBIAN_WITH_TOKENS_MIN) return null;
  return `is Debian ${debian}: its cloud-init reads no user data in hardened mode, so each machine would boot for nothing`;
}
