/** What a template asks for, and whether a caller gave it. ROS docs, "Parameters". */
import type { Parameters } from './stack.ts';
import { ManagementRefusal, type Query } from './state.ts';

interface Asked {
  readonly Type: string;
  readonly Default?: string | number;
  readonly AllowedPattern?: string;
  readonly MinLength?: number;
  readonly MaxLength?: number;
  readonly MinValue?: number;
  readonly MaxValue?: number;
}

export interface Template {
  readonly Outputs?: Readonly<Record<string, unknown>>;
  readonly Resources?: Readonly<Record<string, unknown>>;
  readonly Parameters?: Readonly<Record<string, Asked>>;
}

/** ROS docs, "Limits": of a template. */
const TEMPLATE_MAX_BYTES = 524_288;

export function parseTemplate(text: string): Template {
  if (Buffer.byteLength(text) > TEMPLATE_MAX_BYTES)
    throw refusal('TemplateTooLarge', `more than ${TEMPLATE_MAX_BYTES} bytes`);
  try {
    const template = JSON.parse(text) as Template & { ROSTemplateFormatVersion?: string };
    if (template.ROSTemplateFormatVersion !== '2015-09-01') throw new SyntaxError('no format version');
    return template;
  } catch (error) {
    throw new ManagementRefusal(400, 'InvalidTemplate', `The template is invalid: ${String(error)}`);
  }
}

/** Throws the refusal of the first that is unknown, absent or not as its template wants it. */
export function parametersFor({ Parameters: asked = {} }: Template, query: Query): Parameters {
  const given = givenIn(query);
  for (const name of Object.keys(given))
    if (!(name in asked)) throw refusal('UnknownUserParameter', `The Parameter (${name}) was not defined`);
  return Object.fromEntries(
    Object.entries(asked).map(([name, rules]) => {
      const value = given[name] ?? rules.Default;
      if (value === undefined) throw refusal('MissingParameter', `The Parameter (${name}) was not provided.`);
      const text = String(value);
      if (!isAllowed(text, rules))
        throw refusal('ParameterNotAllowed', `The Parameter (${name}) is not as its constraints want it`);
      return [name, text];
    }),
  );
}

function givenIn(query: Query): Parameters {
  const names = Object.entries(query).flatMap(([key, name]) => {
    const at = /^Parameters\.(\d+)\.ParameterKey$/.exec(key)?.[1];
    return at === undefined ? [] : [[name, query[`Parameters.${at}.ParameterValue`] ?? ''] as const];
  });
  return Object.fromEntries(names);
}

function isAllowed(text: string, rules: Asked): boolean {
  const { Type, AllowedPattern = '', MinLength = 0, MaxLength = Infinity } = rules;
  const { MinValue = -Infinity, MaxValue = Infinity } = rules;
  const isNumber = Type !== 'Number' || (text !== '' && Number(text) >= MinValue && Number(text) <= MaxValue);
  const isLong = text.length >= MinLength && text.length <= MaxLength;
  return isNumber && isLong && new RegExp(AllowedPattern).test(text);
}

const refusal = (code: string, message: string) => new ManagementRefusal(400, code, message);
