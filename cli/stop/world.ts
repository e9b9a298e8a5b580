/** The deployed functions' triggers, as `stop` and `resume` reach them. */
import type { Config } from '../../shared/config/config.ts';
import { alibaba, operatorKey } from '../shared/alibaba.ts';
import { readDotEnv } from '../shared/dot-env.ts';
import { FOLDER } from '../shared/package/places.ts';
import { findSimulator } from '../shared/simulator-file.ts';
import type { StopWorld } from './stop.ts';
import { switchTriggers } from './triggers.ts';

/** Null in the world of `npm start -- --stay`, where nobody deployed any. */
export function triggerSwitch(config: Config): StopWorld['switchTriggers'] {
  if (findSimulator()?.environment) return null;
  const variables = { ...readDotEnv(FOLDER), ...process.env };
  const cloud = alibaba(operatorKey, variables.ALIBABA_ENDPOINT);
  return (kinds, isOn) => switchTriggers(kinds, isOn, { alibaba: cloud, config });
}
