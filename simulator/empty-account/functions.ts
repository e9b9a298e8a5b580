/** Functions that a template names: the calls that ROS makes of Function Compute for them. */
import { functionAct, type ManagementState } from '../management/index.ts';

interface Made {
  readonly Properties: Readonly<Record<string, unknown>>;
  text(property: string): string;
}
type Act = (places: { readonly management: ManagementState }, made: Made) => Promise<void>;
interface Kind {
  readonly make: Act;
  readonly remove: Act;
}

async function call(management: ManagementState, method: string, path: string, body: object): Promise<void> {
  const act = functionAct({ method, path, query: {}, body: { ...body }, origin: '' });
  if (act === null) throw new Error(`${method} ${path} is not played`);
  act.run(management);
  await management.onFunction?.(act.name);
}

/** ROS writes `FunctionName` what Function Compute calls `functionName`, down to the last one. */
function asAsked(value: unknown, isOpen = false): unknown {
  if (Array.isArray(value)) return value.map((each) => asAsked(each, isOpen));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      isOpen ? key : `${key[0]?.toLowerCase()}${key.slice(1)}`,
      asAsked(each, isOpen || OPEN.has(key)),
    ]),
  );
}
/** Maps whose keys are their author's. */
const OPEN = new Set(['EnvironmentVariables', 'TriggerConfig']);

const pathOf = ({ text }: Made): string => `/functions/${text('FunctionName')}`;
const bodyOf = ({ Properties }: Made) => asAsked(Properties) as Readonly<Record<string, unknown>>;

const FUNCTION: Kind = {
  make: ({ management }, made) =>
    management.functions.has(made.text('FunctionName'))
      ? call(management, 'PUT', pathOf(made), bodyOf(made))
      : call(management, 'POST', '/functions', bodyOf(made)),
  remove: ({ management }, made) => call(management, 'DELETE', pathOf(made), {}),
};

const TRIGGER: Kind = {
  make: ({ management }, made) => {
    const name = made.text('TriggerName');
    const { triggerConfig, ...rest } = bodyOf(made);
    const body = { ...rest, triggerConfig: JSON.stringify(triggerConfig) };
    const there = management.functions.get(made.text('FunctionName'))?.triggers ?? [];
    return there.some((trigger) => trigger.name === name)
      ? call(management, 'PUT', `${pathOf(made)}/triggers/${name}`, body)
      : call(management, 'POST', `${pathOf(made)}/triggers`, body);
  },
  remove: ({ management }, made) =>
    call(management, 'DELETE', `${pathOf(made)}/triggers/${made.text('TriggerName')}`, {}),
};

const part = (path: string, remove: Act): Kind => ({
  make: ({ management }, made) => call(management, 'PUT', `${pathOf(made)}/${path}`, bodyOf(made)),
  remove,
});

export const FUNCTION_RESOURCES: Readonly<Record<string, Kind>> = {
  'ALIYUN::FC3::Function': FUNCTION,
  'ALIYUN::FC3::Trigger': TRIGGER,
  'ALIYUN::FC3::AsyncInvokeConfig': part('async-invoke-config', ({ management }, made) =>
    call(management, 'DELETE', `${pathOf(made)}/async-invoke-config`, {}),
  ),
  // It goes with its function.
  'ALIYUN::FC3::ConcurrencyConfig': part('concurrency', async () => undefined),
};

/** The address of the trigger, as the output of its resource tells it. */
export const urlOf = ({ functions }: ManagementState, { text }: Made): string | null =>
  functions.get(text('FunctionName'))?.triggers.find(({ name }) => name === text('TriggerName'))?.url ?? null;
