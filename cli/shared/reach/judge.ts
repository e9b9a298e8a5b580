/** Whether a way is good enough for jobs, in one phrase. Pure. */
import { REACH_MAX_S } from '../../../shared/runner/kept/reach.ts';

const FIRST_BYTE_MAX_S = 2;
/** What they say of speed is of files alone, and of the first 4 MiB. */
const SPEED_MIN_MB_S: Readonly<Record<string, number>> = { codeload: 1, release: 1, bucket: 10 };

export interface Reached {
  readonly name: string;
  readonly text: string;
  readonly isBad: boolean;
}

/** `status` null: no answer. */
export function judge(
  name: string,
  status: number | null,
  seconds: number,
  bytesPerSecond: number | null,
): Reached {
  if (status === null) return { name, text: `${name} no answer in ${REACH_MAX_S} s`, isBad: true };
  const least = SPEED_MIN_MB_S[name];
  const parts = [`${name} ${seconds.toFixed(1)} s`];
  if (least === undefined) return { name, text: parts.join(' '), isBad: seconds > FIRST_BYTE_MAX_S };
  const isRefused = status < 200 || status >= 300;
  const megabytes = isRefused || bytesPerSecond === null ? null : bytesPerSecond / 1e6;
  if (megabytes !== null) parts.push(`${megabytes.toFixed(1)} MB/s`);
  if (isRefused) parts.push(`refused (${status})`);
  const isSlow = seconds > FIRST_BYTE_MAX_S || (megabytes ?? least) < least;
  return { name, text: parts.join(' '), isBad: isSlow || isRefused };
}
