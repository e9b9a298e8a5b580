/** A JIT config made smaller for user data: pure. */

/** What may be base64 in the JSON of a JIT config: no key of it is as long, or has only these characters. */
const ENCODED = /(?<=")([A-Za-z0-9+/]{16,}={0,2})(?=")/;

/**
 * The texts that make it again. A JIT config is base64 of JSON whose values are base64 of JSON (actions/runner,
 * Runner.cs): what was encoded three times compresses badly. One text: the config itself; more: what stands between the
 * values and, at each odd place, a value decoded.
 */
export function jitParts(jitConfig: string): readonly string[] {
  const parts = decoded(jitConfig)
    .split(ENCODED)
    .map((part, at) => (at % 2 === 0 ? part : decoded(part)));
  const isExact =
    parts.length > 1 && joined(parts) === jitConfig && !parts.some((part) => part.includes('\0'));
  return isExact ? parts : [jitConfig];
}

/** As `run.sh` puts them together. */
const joined = (parts: readonly string[]): string =>
  encoded(parts.map((part, at) => (at % 2 === 0 ? part : encoded(part))).join(''));

const decoded = (text: string): string => Buffer.from(text, 'base64').toString('utf8');
const encoded = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
