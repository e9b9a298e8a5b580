/** What a runner's entry has of the image that its machine was made from. */
export interface MadeFrom {
  /** The baked one; absent or null: another. */
  readonly image?: string | null;
  /** It failed, and all of its console has no line of ours. Absent: not known. */
  readonly isSilent?: boolean;
}
