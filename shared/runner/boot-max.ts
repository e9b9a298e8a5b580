/** How long a boot may take, by the kind of image: pure. */
import type { Config } from '../config/config.ts';
import { parseLabels } from '../job/labels.ts';
import { BOOT_MAX_CUSTOM_MS, BOOT_MAX_STOCK_MS } from '../limits.ts';

/** `image`: a key of `images:`. Public image families begin with `acs:` (Alibaba Cloud docs, "Image families"). */
export function bootMaxMs(image: string, { images }: Pick<Config, 'images'>): number {
  return images[image]?.family?.startsWith('acs:') === true ? BOOT_MAX_STOCK_MS : BOOT_MAX_CUSTOM_MS;
}

/** Of a runner by what it registered with; when that says nothing any more, the longer time. */
export function bootMaxOf({ labels }: { readonly labels: readonly string[] }, config: Config): number {
  const understood = parseLabels(labels, null, config);
  return understood.kind === 'ours' ? bootMaxMs(understood.requirements.image, config) : BOOT_MAX_CUSTOM_MS;
}
