/** A stack of Resource Orchestration Service: how an operation on it fails, and what is told of it then. */

export type Parameters = Readonly<Record<string, string>>;

export interface AppliedTemplate {
  readonly text: string;
  readonly parameters: Parameters;
}

export interface SimStack {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  template: string;
  /** What its template's parameters are, those by default included. */
  parameters: Parameters;
  status: string;
  statusReason: string;
  outputs: Readonly<Record<string, string>>;
  /** What it becomes at the next look. */
  pending: string | null;
  /** The template by which its resources are, with its parameters; null: none is made yet. */
  applied: AppliedTemplate | null;
  /** What of it failed, and why, oldest first. Absent: nothing. */
  failures?: readonly { readonly status: string; readonly reason: string }[];
  /** CreateStackRequest, DisableRollback. */
  isLeftAsFailed?: boolean;
}

/**
 * CreateStackRequest, DisableRollback: by default what failed is undone (UpdateStackRequest: always; the parameter has no
 * effect). That the template is then the one of before is UNCONFIRMED: it is Heat's way, from which ROS comes.
 */
export function failed(stack: SimStack, status: string, reason: string): void {
  stack.failures = [...(stack.failures ?? []), { status, reason }];
  Object.assign(stack, { status, statusReason: reason });
  if (status === 'DELETE_FAILED' || (status === 'CREATE_FAILED' && stack.isLeftAsFailed)) return;
  const undone = status === 'CREATE_FAILED' ? 'CREATE_ROLLBACK' : 'ROLLBACK';
  const { text, parameters } = stack.applied ?? { text: stack.template, parameters: stack.parameters };
  Object.assign(stack, { template: text, parameters });
  Object.assign(stack, { status: `${undone}_IN_PROGRESS`, pending: `${undone}_COMPLETE` });
}

/** As ListStackEvents answers. */
export function eventsOf({ id: StackId, name: StackName, failures = [] }: SimStack): object {
  const Events = failures.map(({ status: Status, reason: StatusReason }, at) => ({
    ...{ StackId, StackName, Status, StatusReason, LogicalResourceId: 'Resource' },
    CreateTime: `2026-01-01T00:00:${String(at).padStart(2, '0')}`,
  }));
  return { TotalCount: Events.length, PageNumber: 1, PageSize: 50, Events };
}
