/** A stack of Resource Orchestration Service. */

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
