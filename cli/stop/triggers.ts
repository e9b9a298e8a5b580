/** What wakes the functions from outside, switched off and on: GitHub's address, and the timers. */
import { namesOf } from '../../infra/names.ts';
import type { Config } from '../../shared/config/config.ts';
import type { FunctionKind } from '../../shared/config/environment.ts';
import { nullIfAbsent } from '../doctor/checks/roles.ts';
import type { Alibaba } from '../shared/alibaba.ts';

interface Trigger {
  readonly triggerName: string;
  readonly triggerType: string;
  readonly triggerConfig: string;
  readonly qualifier?: string;
}

/** How many were changed. None is removed: a new HTTP trigger would have a new address. */
export async function switchTriggers(
  kinds: readonly FunctionKind[],
  isOn: boolean,
  { alibaba, config }: { readonly alibaba: Alibaba; readonly config: Config },
): Promise<number> {
  const { region } = config.control;
  let changed = 0;
  for (const kind of kinds) {
    const path = `/functions/${namesOf(config).functionOf(kind)}/triggers`;
    const found = await alibaba.fc(region, 'ListTriggers', 'GET', path).catch(nullIfAbsent);
    for (const trigger of (found?.triggers ?? []) as Trigger[]) {
      const triggerConfig = switched(trigger, isOn);
      if (triggerConfig === null) continue;
      await alibaba.fc(region, 'UpdateTrigger', 'PUT', `${path}/${trigger.triggerName}`, { triggerConfig });
      changed++;
    }
  }
  return changed;
}

/** Pure. Null: it is so already. Function Compute 3.0 SDK, HTTPTriggerConfig and TimerTriggerConfig. */
export function switched({ triggerType, triggerConfig }: Trigger, isOn: boolean): string | null {
  const before = JSON.parse(triggerConfig) as Record<string, unknown>;
  const [key, value] = triggerType === 'http' ? ['disableURLInternet', !isOn] : ['enable', isOn];
  return before[key] === value ? null : JSON.stringify({ ...before, [key]: value });
}
