/** A machine that says on its console what `userdata/boot.sh` says, and then stops itself. */
import type { BootDriver, BootedMachine } from '../../../simulator/ecs/index.ts';

export interface BootTurned {
  /** Its user data is never read. */
  readonly isSilent?: boolean;
  readonly withoutToken?: string;
  readonly withToken?: string;
  readonly packages?: 'fetched' | 'failed';
  readonly host?: string;
  readonly reach?: Readonly<Record<string, string>>;
  readonly staysUp?: boolean;
}

const MIRROR = 'acme-ci-mirror.oss-cn-hangzhou-internal.aliyuncs.com';

export function tracingDriver(turned: BootTurned): BootDriver {
  return {
    boot(machine) {
      const acts = turned.isSilent === true ? [] : actsOf(machine, turned);
      const pending = acts.map(([seconds, act]) => machine.clock.after(seconds * 1000, act));
      return {
        end() {
          for (const cancel of pending) cancel();
        },
      };
    },
  };
}

type Act = readonly [seconds: number, act: () => void];

function actsOf(machine: BootedMachine, turned: BootTurned): Act[] {
  const isBoot = machine.userData.includes('<<SCRIPTS');
  const said = (isBoot ? linesOf(turned) : []).map(
    ([seconds, line]): Act => [seconds, () => say(machine, seconds, line)],
  );
  return turned.staysUp === true ? said : [...said, [isBoot ? LAST_S : 20, () => machine.stop()]];
}

const REACHED = {
  web: '200/0.21/90000',
  release: '206/0.40/2100000',
  bucket: '206/0.02/88000000',
  pip: '200/0.03/9000',
};
const LAST_S = 47;

/** Seconds after Running, and what is said then. */
function linesOf(turned: BootTurned): readonly (readonly [seconds: number, line: string])[] {
  const { withoutToken = '403', withToken = '200', packages = 'fetched', host = MIRROR } = turned;
  const reach = { ...REACHED, ...turned.reach };
  return [
    [12, 'boot.began instance_type=ecs.t zone=z'],
    [14, `prove metadata_without_token=${withoutToken}`],
    [14, `prove metadata_with_token=${withToken}`],
    [19, `prove packages=${packages}`],
    ...Object.entries(reach).map(([name, value]) => [18, `prove reach_${name}=${value}`] as const),
    [19, 'extra.ran'],
    [30, `runner.fetched host=${host}`],
    [44, 'runner.starting'],
    [46, 'runner.ended status=1'],
  ];
}

function say(machine: BootedMachine, seconds: number, line: string): void {
  if (line.startsWith('prove ')) machine.console(line);
  else machine.console(`${new Date(machine.clock.nowMs()).toISOString().slice(0, 19)}Z +${seconds}s ${line}`);
}
