/** What is deployed: the ledger's tables, the functions, their triggers, and how they may be invoked. */
import { functionPlaces, namesOf } from '../../../infra/names.ts';
import { hashGiven } from '../../../infra/one-click/configuration.ts';
import { configurationHash, configurationIn } from '../../../infra/release.ts';
import { ACL_ADVICE, isAclRefusal } from '../../../shared/adapters/tablestore/errors.ts';
import { HISTORY_TABLE, LEDGER_TABLE } from '../../../shared/adapters/tablestore/tables.ts';
import type { FunctionKind } from '../../../shared/config/environment.ts';
import { formatDuration } from '../../../shared/story/format.ts';
import { type Check, type CheckOutcome, ok, warning, wrong } from '../finding.ts';
import { type Trigger, whyShut } from '../trigger.ts';
import type { DoctorWorld } from '../world.ts';
import { nullIfAbsent } from './roles.ts';

export const FUNCTION_CHECKS: readonly Check[] = [
  { name: 'ledger', needs: ['credentials'], look: ledger },
  { name: 'stop', needs: ['ledger'], look: stopped },
  { name: 'functions', needs: ['credentials'], look: functions },
  { name: 'triggers', needs: ['functions'], look: triggers },
  { name: 'signature', needs: ['credentials'], look: signature },
];

/** A refusal that the operator can lift is told with how; what else throws is told as it is. */
async function ledger(world: DoctorWorld): Promise<readonly CheckOutcome[]> {
  try {
    return await tables(world);
  } catch (error) {
    if (!isAclRefusal(error)) throw error;
    return [wrong('its instance refuses the Internet (network ACL): no function reaches it', ACL_ADVICE)];
  }
}

/** What is not well because of it is no fault: triggers, and sweeps. */
async function stopped({ stopped: look, nowMs }: DoctorWorld): Promise<readonly CheckOutcome[]> {
  const stop = await look();
  if (stop === null) return [ok('nothing is stopped')];
  const what = stop.repositories?.join(', ') ?? 'everything';
  const text = `${what} has been stopped for ${formatDuration(nowMs() - stop.atMs)}: nothing is launched, and machines are ended`;
  return [warning(text, 'when the incident is over: npm run resume')];
}

async function tables({ table }: DoctorWorld): Promise<readonly CheckOutcome[]> {
  const findings = [];
  for (const wanted of [LEDGER_TABLE, HISTORY_TABLE]) {
    const found = await table(wanted.name);
    if (found === null) findings.push(wrong(`there is no table ${wanted.name}`, 'run npm run deploy'));
    else if (found.keys.join() !== wanted.keys.join())
      findings.push(wrong(`table ${wanted.name} has other keys`, 'delete it, then run npm run deploy'));
    else if (found.timeToLiveS !== wanted.timeToLiveS)
      findings.push(
        wrong(
          `table ${wanted.name} keeps rows ${found.timeToLiveS} s, not ${wanted.timeToLiveS} s`,
          'run npm run deploy',
        ),
      );
  }
  return findings.length > 0 ? findings : [ok('both tables are there')];
}

/** What is deployed, against `runners.yaml`; and against `dist/`, where that was built from this `runners.yaml`. */
async function functions({ alibaba, config, release }: DoctorWorld) {
  const findings: CheckOutcome[] = [];
  const wanted = configurationHash(config);
  const seen = new Set<string>();
  const places = functionPlaces(config);
  for (const { name, region } of places) {
    const found = await alibaba.fc(region, 'GetFunction', 'GET', `/functions/${name}`).catch(nullIfAbsent);
    const live = String(found?.description ?? '');
    seen.add(live);
    if (found === null) findings.push(wrong(`${name} is not deployed`, 'run npm run deploy'));
    else findings.push(...differenceOf(name, found, release, wanted));
    const isFixed = config.control.fixedAddress !== null && region === config.control.region;
    if (found !== null && isFixed) findings.push(...wayOut(name, found));
  }
  if (findings.length > 0) return findings;
  const note = isComparable(release, wanted)
    ? ''
    : '; not compared with dist/, which is not built from this runners.yaml';
  return [ok(`all ${places.length}, ${[...seen].join(', ')}${note}`)];
}

/** FC docs, "Configure a fixed public IP": the default NIC's own way out must be closed, or the address has no effect. */
function wayOut(name: string, found: Readonly<Record<string, unknown>>): CheckOutcome[] {
  const { vpcId } = (found.vpcConfig ?? {}) as { vpcId?: string };
  if (found.internetAccess === false && vpcId) return [];
  const text = `${name} does not call from control.fixedAddress, but from Function Compute’s own addresses`;
  return [wrong(text, 'run npm run deploy: it closes the default way to the Internet')];
}

function differenceOf(
  name: string,
  found: Readonly<Record<string, unknown>>,
  release: string | null,
  wanted: string,
): CheckOutcome[] {
  const given = hashGiven((found.environmentVariables ?? {}) as Readonly<Record<string, string>>);
  if (given !== null && given !== wanted)
    return [
      warning(
        `${name} has another configuration than this runners.yaml`,
        'change runners.yaml, or the parameters of the stack that was made of the template',
      ),
    ];
  const live = String(found.description ?? '');
  const configured = configurationIn(live);
  if (configured !== null && configured !== wanted)
    return [warning(`${name} was deployed from another runners.yaml (${live})`, 'run npm run deploy')];
  // A template's code is built another way.
  if (given !== null || !isComparable(release, wanted) || live === release) return [];
  return [warning(`${name} is ${live || 'of no release'}, not ${release}`, 'run npm run deploy')];
}

const isComparable = (release: string | null, wanted: string): release is string =>
  release !== null && [null, wanted].includes(configurationIn(release));

/** Of the deployed function. Values may be secrets: they are compared, never shown. */
export async function variablesOf(
  { alibaba, config }: DoctorWorld,
  name: string,
): Promise<Readonly<Record<string, string>>> {
  const found = await alibaba.fc(config.control.region, 'GetFunction', 'GET', `/functions/${name}`);
  return (found.environmentVariables ?? {}) as Record<string, string>;
}

async function triggers(world: DoctorWorld) {
  const findings = [];
  for (const [kind, type] of Object.entries({ webhook: 'http', reaper: 'timer' })) {
    const name = namesOf(world.config).functionOf(kind as FunctionKind);
    const found = (await triggersOf(world, kind as FunctionKind)).find((each) => each.triggerType === type);
    if (found === undefined) findings.push(wrong(`${name} has no ${type} trigger`, 'run npm run deploy'));
    else findings.push(...(await whyShut(name, found, world)));
  }
  const destination = await onFailureOf(world);
  const reaper = namesOf(world.config).functionOf('reaper');
  if (!destination.endsWith(`functions/${reaper}`))
    findings.push(wrong(`failed launches are not handed to ${reaper}`, 'run npm run deploy'));
  return findings.length > 0
    ? findings
    : [ok('the webhook is open, the timer runs, failed launches are told')];
}

async function onFailureOf({ alibaba, config }: DoctorWorld): Promise<string> {
  const path = `/functions/${namesOf(config).functionOf('launcher')}/async-invoke-config`;
  const found = await alibaba
    .fc(config.control.region, 'GetAsyncInvokeConfig', 'GET', path)
    .catch(nullIfAbsent);
  const { onFailure } = (found?.destinationConfig ?? {}) as { onFailure?: { destination?: string } };
  return onFailure?.destination ?? '';
}

async function triggersOf({ alibaba, config }: DoctorWorld, kind: FunctionKind): Promise<readonly Trigger[]> {
  const path = `/functions/${namesOf(config).functionOf(kind)}/triggers`;
  const answer = await alibaba.fc(config.control.region, 'ListTriggers', 'GET', path);
  return (answer.triggers ?? []) as Trigger[];
}

/** Where GitHub's deliveries go; null: there is no HTTP trigger. */
export async function webhookUrl(world: Pick<DoctorWorld, 'alibaba' | 'config'>): Promise<string | null> {
  const found = await triggersOf(world as DoctorWorld, 'webhook');
  return found.find(({ triggerType }) => triggerType === 'http')?.httpTrigger?.urlInternet ?? null;
}

/** The gateway looks at the signature before it looks for the function: one that is not there shows which it takes. */
async function signature({ config, probe }: DoctorWorld) {
  const configured = config.functionCompute.signature;
  const other = configured === 'fc' ? 'acs3' : 'fc';
  if (await isTaken(probe, configured)) return [ok(`${configured} is accepted`)];
  if (await isTaken(probe, other))
    return [
      warning(
        `${configured} is refused and ${other} accepted: each cold start finds that out again`,
        `set functionCompute.signature: ${other}`,
      ),
    ];
  return [
    wrong(
      'neither invocation signature is accepted',
      'look at the credentials; is Function Compute activated?',
    ),
  ];
}

async function isTaken(probe: DoctorWorld['probe'], by: 'fc' | 'acs3'): Promise<boolean> {
  const { status, code } = await probe(by);
  return status === 404 || /^(FunctionNotFound|AccessDenied)$/.test(code);
}
