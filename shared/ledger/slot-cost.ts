/** What a slot counts for in money. */

/** In millionths of the account's currency: whole numbers. */
export interface SlotCost {
  /** What the machine may cost an hour at most, its disk included. */
  readonly perHour: number;
  /** What is kept of the day's money for it, until its end says what it was. */
  readonly forDay: number;
}
