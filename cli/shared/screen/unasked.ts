/** Why a question has no answer: the prompts throw the same error for both, and tell them apart in its words alone. Pure. */

/** `left`: Ctrl-C. `closed`: standard input has ended, as in a script or under cron. Null: it is another error. */
export function unaskedOf({ name, message }: Error): 'left' | 'closed' | null {
  if (name !== 'ExitPromptError') return null;
  return /SIG[A-Z]+$/.test(message) ? 'left' : 'closed';
}
