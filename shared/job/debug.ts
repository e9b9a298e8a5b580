/** The label `debug`: a machine whose job fails stays for a while. Pure. */
import type { Config } from '../config/config.ts';

export const DEBUG_LABEL = 'debug';

/** A profile of that name is the operator's own, from before there was the label, and a base label is everybody's. */
export function asksDebug(
  labels: readonly string[],
  { defaults, profiles, baseLabels }: Pick<Config, 'defaults' | 'profiles' | 'baseLabels'>,
): boolean {
  const is = (name: string) => name.toLowerCase() === DEBUG_LABEL;
  if (defaults.debug !== 'allow' || [...Object.keys(profiles), ...baseLabels].some(is)) return false;
  return labels.some(is);
}
