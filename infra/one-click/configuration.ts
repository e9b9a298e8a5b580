/** The configuration of functions whose code is the same for everybody: `runners.yaml` as text, in a variable. */
import type { Config } from '../../shared/config/config.ts';
import { parseYaml } from '../../shared/config/parse.ts';
import { configurationHash } from '../release.ts';

/** What all variables of a function may hold together is 4 KB (Function Compute docs, "Environment variables"). */
export const CONFIGURATION_VARIABLE = 'CONFIGURATION';

/** Throws every mistake at once; never a value, as some are secrets by accident. */
export function readConfiguration(variables: Readonly<Record<string, string | undefined>>): Config {
  const text = variables[CONFIGURATION_VARIABLE];
  if (!text)
    throw new Error(
      `${CONFIGURATION_VARIABLE}: is not set. This is the code of a release without a configuration of its own: give the function runners.yaml, as JSON on one line, in this variable.`,
    );
  const parsed = parseYaml(text);
  if (parsed.kind === 'wrong')
    throw new Error(`${CONFIGURATION_VARIABLE}: has mistakes\n${parsed.mistakes.join('\n')}`);
  return parsed.config;
}

/** Of a function of a template, as deploys note it of theirs; null: it has its configuration beside its code. */
export function hashGiven(variables: Readonly<Record<string, string>>): string | null {
  if (!(CONFIGURATION_VARIABLE in variables)) return null;
  try {
    return configurationHash(readConfiguration(variables));
  } catch {
    return 'not readable';
  }
}
