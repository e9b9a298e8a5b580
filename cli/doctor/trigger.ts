/** What keeps a function's trigger from doing its work. */
import { type CheckOutcome, wrong } from './finding.ts';
import type { DoctorWorld } from './world.ts';

export interface Trigger {
  readonly triggerType: string;
  readonly triggerConfig?: string;
  readonly httpTrigger?: { readonly urlInternet?: string };
}

interface TriggerConfig {
  readonly enable?: boolean;
  readonly disableURLInternet?: boolean;
  readonly authType?: string;
  readonly methods?: readonly string[];
}

/** What `npm run stop` switched off is no fault, and is not to be switched on. */
export async function whyShut(name: string, found: Trigger, world: DoctorWorld): Promise<CheckOutcome[]> {
  const shut = faultsOf(name, found);
  if (shut.length === 0) return shut;
  return (await world.stopped())?.repositories === null ? [] : shut;
}

/** FC docs, "HTTP triggers" (CreateTrigger, HTTPTriggerConfig): GitHub POSTs from the Internet, and signs nothing of FC's. */
function faultsOf(name: string, { triggerType, triggerConfig }: Trigger): CheckOutcome[] {
  const config = JSON.parse(triggerConfig || '{}') as TriggerConfig;
  const says = (text: string) => [wrong(text, 'run npm run deploy: it makes the trigger as it must be')];
  if (triggerType === 'timer')
    return config.enable === false ? says(`the timer of ${name} is switched off`) : [];
  if (config.disableURLInternet === true)
    return says(`${name} is closed to the Internet: GitHub cannot reach it`);
  if ((config.authType ?? 'anonymous') !== 'anonymous')
    return says(
      `${name} asks callers for a signature of Alibaba Cloud (${config.authType}), and GitHub has none`,
    );
  if (config.methods !== undefined && !config.methods.includes('POST'))
    return says(`${name} takes no POST, and that is what GitHub sends`);
  return [];
}
