/** What the stacks made, written into `runners.yaml` beside the operator's own words and comments. Pure. */
import { type Document, isAlias, parseDocument } from 'yaml';
import type { Config } from '../../shared/config/config.ts';
import type { Outputs } from '../shared/stacks.ts';

/** `region` is that of the placement whose network was made. */
export function withNetwork(text: string, config: Config, region: string, outputs: Outputs): string {
  const document = parseDocument(text);
  const at = config.placements.findIndex((placement) => placement.region === region);
  const set = (path: readonly (string | number)[], value: string | undefined): void => {
    if (value !== undefined) setIn(document, ['placements', at, ...path], value);
  };
  set(['vpc'], outputs.VpcId);
  set(['securityGroup'], outputs.SecurityGroupId);
  for (const zone of Object.keys(config.placements[at]?.zones ?? {}))
    set(['zones', zone], outputs[`VSwitchId${zone.toUpperCase()}`]);
  return document.toString({ lineWidth: 0 });
}

export function withFixedAddress(text: string, outputs: Outputs): string {
  const document = parseDocument(text);
  const ids = {
    vpc: outputs.FunctionsVpcId,
    vSwitch: outputs.FunctionsVSwitchId,
    securityGroup: outputs.FunctionsSecurityGroupId,
  };
  for (const [key, value] of Object.entries(ids))
    if (value !== undefined) setIn(document, ['control', 'fixedAddress', key], value);
  return document.toString({ lineWidth: 0 });
}

/** Where an alias stands for a map, that becomes a copy of its own: the other place keeps what it has. */
function setIn(document: Document, path: readonly (string | number)[], value: string): void {
  for (let depth = 1; depth < path.length; depth++) {
    const node = document.getIn(path.slice(0, depth), true);
    if (!isAlias(node)) continue;
    const copy = node.resolve(document)?.clone() as { anchor?: string } | undefined;
    if (copy !== undefined) delete copy.anchor;
    document.setIn(path.slice(0, depth), copy);
  }
  document.setIn(path, value);
}

/** Networks that are still to be made have ids that stand for them. */
export function isPending({ placements, control }: Config): boolean {
  const hasPending = /"(?:vsw|sg)-pending"/.test(JSON.stringify(placements));
  return hasPending || (control.fixedAddress !== null && control.fixedAddress.vpc === null);
}
