/** GitHub's own description of its API, as JSON Schema: what is asked and answered is held against it. */
import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';

type Json = Record<string, unknown>;
const load = createRequire(import.meta.url);

/** OpenAPI 3.0 has `nullable`; JSON Schema has a type for it. */
function asJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJsonSchema);
  if (typeof value !== 'object' || value === null) return value;
  const {
    nullable,
    example: _example,
    examples: _examples,
    discriminator: _discriminator,
    ...rest
  } = value as Json;
  const plain = Object.fromEntries(Object.entries(rest).map(([key, each]) => [key, asJsonSchema(each)]));
  return nullable === true ? { anyOf: [plain, { type: 'null' }] } : plain;
}

interface Described {
  readonly paths: Readonly<Record<string, Json>>;
  readonly webhooks: Readonly<Record<string, Json>>;
}

export interface Description {
  /** Where `schema` at this JSON pointer refuses; null: there is no such schema. */
  faults(pointer: readonly string[], value: unknown): string[] | null;
  /** The path as the description spells it; null: it has none. */
  pathOf(path: string): string | null;
  readonly document: Described;
}

export function describedBy(file: string): Description {
  const document = load(file) as Described & Json;
  // Only what is asked for is compiled, and only what it refers to is read.
  const { paths, webhooks, components } = document;
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, inlineRefs: false });
  ajv.addSchema({ $id: 'github', ...(asJsonSchema({ paths, webhooks, components }) as Json) });
  const compiled = new Map<string, ValidateFunction>();
  const routes = Object.keys(paths ?? {}).map((path) => ({ path, pattern: patternOf(path) }));
  return {
    document,
    faults(pointer, value) {
      const found = resolved(document, pointer);
      if (found === null) return null;
      const ref = `github#/${found.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
      const validate = compiled.get(ref) ?? ajv.compile({ $ref: ref });
      compiled.set(ref, validate);
      if (validate(value)) return [];
      return [
        ...new Set((validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)),
      ];
    },
    pathOf: (path) => routes.find(({ pattern }) => pattern.test(path))?.path ?? null,
  };
}

/** Names that stand for themselves go before those that stand for anything. */
const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`);

/** Where a pointer leads once what it passes is followed to what it refers to; null: nowhere. */
function resolved(document: unknown, pointer: readonly string[]): readonly string[] | null {
  let way: string[] = [];
  for (const part of pointer) {
    way.push(part);
    const found = way.reduce<unknown>((value, key) => (value as Json | undefined)?.[key], document);
    if (found === undefined) return null;
    const { $ref } = found as { readonly $ref?: string };
    if ($ref !== undefined) way = $ref.slice(2).split('/');
  }
  return way;
}
