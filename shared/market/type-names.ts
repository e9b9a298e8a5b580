/** What the names of instance types say. Apart from the market's form, which no webhook should load. */

/** `ecs.c8y.2xlarge` → `ecs.c8y` */
export function familyOf(type: string): string {
  return type.slice(0, type.lastIndexOf('.'));
}

/** A family's name holds its types and its variants, as the cloud has it: `ecs.u1` holds `ecs.u1-c1m2.large`. */
export const holds = (name: string, other: string): boolean =>
  other === name || other.startsWith(`${name}.`) || other.startsWith(`${name}-`);

/** `ecs.c8*`, a family, or an exact type. */
export const matchesType = (name: string, pattern: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : holds(pattern, name);
