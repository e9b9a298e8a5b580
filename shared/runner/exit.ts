/** How the runner came to its end, as `userdata/` writes it to the console. */
import { CONSOLE_MAX_CHARS } from './limits.ts';

/** actions/runner, Constants.cs `Runner.ReturnCode`: GitHub's broker refused the version of the runner. */
export const VERSION_REFUSED_STATUS = 7;

/** The status of the last runner that this console tells of; null: it tells of none that ended. */
export function runnerExitIn(console: string): number | null {
  const [last] = [...console.matchAll(/\brunner\.ended status=(\d{1,3})\b/g)].reverse();
  return last === undefined ? null : Number(last[1]);
}

/** All of a console, and no line of the trace of a boot. Of one that was cut nobody knows. */
export const isSilent = (console: string): boolean =>
  console.length < CONSOLE_MAX_CHARS && !/Z \+\d+s [a-z_]+\.[a-z_]+/.test(console);

/** A clause: what to do about it is in it. `version` null: not known. */
export const versionRefused = (version: string | null): string =>
  `GitHub refuses runner ${version ?? 'as old as this one'}: npm run mirror`;
