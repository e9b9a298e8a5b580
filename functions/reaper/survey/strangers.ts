/** Instances with our tag that we did not make: a person is told, once a day for each, and nothing else is done. */
import { alertOnce } from '../../../shared/alert-once.ts';
import { STRANGERS_TOLD_MAX } from '../../../shared/limits.ts';
import { TAG } from '../../../shared/names.ts';
import type { ReaperWorld } from '../world.ts';
import type { Stranger } from './observe.ts';

export async function reportStrangers(strangers: readonly Stranger[], world: ReaperWorld): Promise<void> {
  // ECS may show a machine that is just being made without all that it will have.
  const made = strangers.filter(({ instance }) => instance.status !== 'Pending');
  for (const { instance, because } of made.slice(0, STRANGERS_TOLD_MAX)) {
    const { id, region, name } = instance;
    const text = `The instance ${id} (${name.slice(0, 60)}) in ${region} has the tag ${TAG.deployment}=${world.config.name}, and is not of our making: ${because}. It is left alone. Take the tag away if it is somebody else's; delete it if it is a runner that was changed by hand.`;
    await alertOnce(`stranger-${id}`, text, world);
  }
}
