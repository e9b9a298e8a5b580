/** What stands where a secret is asked for: where it is kept, or the secret itself. Pure. */
import { SECRET_MIN_CHARS } from '../limits.ts';

export interface SecretReference {
  readonly store: 'kms' | 'oos' | 'file';
  readonly name: string;
}

/** Names as the stores take them (KMS docs, CreateSecret; OOS docs, CreateSecretParameter); a path may begin with /. */
const REFERENCE = /^(?:(kms|oos):([\w+=.@-][\w/+=.@-]*)|(file):((?!\/\/)[^\s:][^\s]*))$/;
/** What no secret that a service made looks like, and a mistyped reference does. */
const LOOKS_LIKE_ONE: readonly RegExp[] = [
  /^[\s'"]*[A-Za-z][A-Za-z0-9+.-]{0,15}\s*:/, // a few letters and a colon
  /^[\s'"]*(?:kms|oos|oss|file|env|vault)[^A-Za-z0-9]/i, // a store, and another sign than a colon
  /[^\x20-\x7e\r\n\t]/, // a full-width colon, a typographic quote
  /^[\s'"]*(?:\$|%[A-Za-z_]+%|\{\{)|\$\{/, // a variable that nothing filled in
  /^[\s'"]*(?:~|\.{1,2})?\/(?:[\w.-]+\/)*[\w.-]+\.\w+$|^[\s'"]*\.{1,2}\/|\.(?:pem|key|txt)['"]?$/i, // a path
  /-runner-(?:webhook-secret|private-key)['"]?$/i, // the names that `npm run setup` gives
];

/** Null: the text is the secret itself, or nothing that we take: see `whyNoSecret`. */
export function parseReference(text: string): SecretReference | null {
  const found = REFERENCE.exec(text);
  if (found === null) return null;
  return {
    store: (found[1] ?? found[3]) as SecretReference['store'],
    name: (found[2] ?? found[4]) as string,
  };
}

/**
 * Null: it may be one. Never holds the text: a mistyped reference would else be taken for the secret itself, a public
 * word with which anyone could sign.
 */
export function whyNoSecret(text: string): string | null {
  if (parseReference(text) !== null) return null;
  if (LOOKS_LIKE_ONE.some((pattern) => pattern.test(text)))
    return 'looks like a reference and is none: write kms:NAME, oos:NAME or file:PATH, in small letters and without //';
  return text.trim().length < SECRET_MIN_CHARS ? TOO_SHORT : null;
}

/**
 * Null: a deploy hands it on as it is. Serverless Devs 3.1.10 expands `$NAME` in what an `.env` names (dotenv-expand), and
 * compiles a value that it filled in as a template once more.
 */
export const whyNotHandedOn = (text: string): string | null =>
  text.includes('$')
    ? 'holds a $, which Serverless Devs takes for the beginning of a variable: make one without, of letters and digits'
    : null;

export const TOO_SHORT = `is shorter than ${SECRET_MIN_CHARS} characters: anyone could guess it`;
