/** When the cloud itself releases an instance: moved, on demand and spot alike. @see API reference ModifyInstanceAutoReleaseTime */
import type { Clock } from '../../ports.ts';
import { failureOf, isRightMissing } from './errors.ts';
import { ask, findInstances, type LookUpWorld } from './look-ups.ts';
import { releaseTime } from './request.ts';

export type Moved =
  | { readonly kind: 'moved'; readonly releaseAtMs: number }
  | { readonly kind: 'gone' }
  /** Whether it was moved is not known, or it was not; a clause. */
  | { readonly kind: 'not-moved'; readonly because: string };

const GONE = new Set(['InvalidInstanceId.NotFound', 'NoSuchResource', 'InvalidParameter.InstanceId']);

/** To `atMs`, but no nearer than ECS takes. To say it twice does no harm; after no clear answer the instance itself is asked. */
export async function moveReleaseTime(
  region: string,
  id: string,
  atMs: number,
  world: LookUpWorld & { readonly clock: Clock },
): Promise<Moved> {
  const text = releaseTime(atMs, world.clock.nowMs());
  try {
    await ask(region, 'ModifyInstanceAutoReleaseTime', { InstanceId: id, AutoReleaseTime: text }, world);
    return { kind: 'moved', releaseAtMs: Date.parse(text) };
  } catch (error) {
    const { code, status } = failureOf(error);
    if (GONE.has(code)) return { kind: 'gone' };
    const because = isRightMissing(code)
      ? `you lack ecs:ModifyInstanceAutoReleaseTime (${code})`
      : `ECS answered ${code}`;
    if (status !== null && status < 500) return { kind: 'not-moved', because };
    return asItIs(region, id, Date.parse(text), because, world);
  }
}

async function asItIs(
  region: string,
  id: string,
  wantedMs: number,
  because: string,
  world: LookUpWorld,
): Promise<Moved> {
  try {
    const [instance] = await findInstances(region, [id], world);
    if (instance?.releaseAtMs === wantedMs) return { kind: 'moved', releaseAtMs: wantedMs };
    return { kind: 'not-moved', because };
  } catch {
    return { kind: 'not-moved', because };
  }
}
