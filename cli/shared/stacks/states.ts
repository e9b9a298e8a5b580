/** What each state of a stack allows (ROS docs, "Update a stack": Limits; SDK model GetStackResponseBody, Status). Pure. */

/**
 * `make`: there is none. `wait`: something is under way, and it is looked at again after its end. `leave`: nothing is to be
 * done. `change`: by an update. `again`: its making failed, it can never be updated, and nothing lives in it.
 */
export type Way = 'make' | 'wait' | 'leave' | 'change' | 'again';

/** Its making was undone, or got stuck. Imported resources were there before their stack: those are left alone. */
const NEVER_MADE = /^CREATE_(FAILED|ROLLBACK_COMPLETE|ROLLBACK_FAILED)$/;
/** A change stopped half-way: the template says what is wanted, and not what is there. */
const HALF_CHANGED = /^(IMPORT_)?(UPDATE|ROLLBACK|UPDATE_ROLLBACK)_FAILED$/;
/** What is there is by the template that the stack has: an undone change has the one of before. */
const WHOLE =
  /^((IMPORT_)?(CREATE|UPDATE)_COMPLETE|(IMPORT_UPDATE_)?ROLLBACK_COMPLETE|CHECK_(COMPLETE|FAILED))$/;

/** By its name, and the words of its resources: what a person does about it is in next-step.ts. */
export class StackFailed extends Error {
  override readonly name = 'StackFailed';
  constructor(stackName: string, status: string, because: string) {
    super(`stack ${stackName} ended as ${status}: ${because}`);
  }
}

/** `status` null: there is no such stack. Throws, with what to do, where nothing that we may do leads on. */
export function wayOf(stackName: string, status: string | null, isSame: boolean): Way {
  if (status === null) return 'make';
  if (status.endsWith('IN_PROGRESS')) return 'wait';
  if (isNeverMade(status)) return 'again';
  if (HALF_CHANGED.test(status)) return 'change';
  if (WHOLE.test(status)) return isSame ? 'leave' : 'change';
  const next =
    status === 'DELETE_FAILED' ? 'run npm run destroy again, then deploy' : 'see to it in its console';
  throw new Error(`stack ${stackName} is ${status}, and can be neither used nor changed: ${next}`);
}

export const isNeverMade = (status: string): boolean => NEVER_MADE.test(status);

/** The plan's line of a way that its resources do not tell; null: they do. */
export function lineOfWay(way: Way, status: string | null, kept: readonly string[]): string | null {
  switch (way) {
    case 'again': {
      const stays = kept.length === 0 ? '' : `; ${kept.join(', ')} stay, and may have to be removed by hand`;
      return `its making failed (${status}), so it holds nothing in use: it is removed, with what is left of it, and made again${stays}`;
    }
    case 'wait':
      return `${status}: its end is waited for first`;
    case 'change':
      return status !== null && HALF_CHANGED.test(status)
        ? `its last change failed half-way (${status}): it is applied again`
        : null;
    default:
      return null;
  }
}
