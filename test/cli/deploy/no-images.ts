/** An account without an image of ours. */
import type { DestroyWorld } from '../../../cli/destroy/destroy.ts';

export const NO_IMAGES: DestroyWorld['images'] = {
  images: async () => ({ things: [], complete: true }),
  remove: async () => 'gone',
  removeSnapshot: async () => 'gone',
  builds: async () => ({ things: [], complete: true }),
  cancel: async () => null,
  progress: async () => null,
  forget: async () => undefined,
};
