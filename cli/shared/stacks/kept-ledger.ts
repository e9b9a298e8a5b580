/** A ledger outlives the template that made it: ROS would replace a resource whose type changes, with all that it holds. */
import type { Template } from '../../../infra/app.ts';
import { LEDGER_RESOURCE } from '../../../infra/control-stack.ts';

/** Release 0.1 made the instance by this type, which cannot say whom it lets in. */
const OLD_TYPE = 'ALIYUN::OTS::Instance';

interface Resource {
  readonly Type?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

interface Body {
  readonly Resources?: Readonly<Record<string, unknown>>;
}

/** The template to apply to a stack that is now as `before`: an instance of the old type stays as it was made; its tags follow. */
export function keepingLedger(template: Template, before: Body): Template {
  const was = before.Resources?.[LEDGER_RESOURCE] as Resource | undefined;
  const { Resources = {} } = template.body as Body;
  const wanted = Resources[LEDGER_RESOURCE] as Resource | undefined;
  if (was?.Type !== OLD_TYPE || wanted === undefined) return template;
  const { Tags: _old, ...properties } = was.Properties ?? {};
  const tags = wanted.Properties?.Tags;
  const kept = { ...was, Properties: { ...properties, ...(tags === undefined ? {} : { Tags: tags }) } };
  return { ...template, body: { ...template.body, Resources: { ...Resources, [LEDGER_RESOURCE]: kept } } };
}
