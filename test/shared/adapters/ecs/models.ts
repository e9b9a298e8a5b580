/** The SDK's own models, asked which fields they have. */
import * as sdk from '@alicloud/ecs20140526';

export interface Model {
  names(): Record<string, string>;
  types(): Record<string, unknown>;
}
export const models = sdk as unknown as Record<string, Model>;

/** `Tag.1.Key` → Tag, Key. Null: the model knows no such field. */
export function fieldOf(model: Model, path: readonly string[]): unknown {
  const [name, ...rest] = path.filter((part) => !/^\d+$/.test(part));
  const own = Object.entries(model.names()).find(([, wire]) => wire === name)?.[0];
  if (own === undefined) return null;
  const type = model.types()[own];
  const inner = (type as { itemType?: unknown } | undefined)?.itemType ?? type;
  return rest.length === 0
    ? inner
    : typeof inner === 'function'
      ? fieldOf(inner as unknown as Model, rest)
      : null;
}
