/** What there is to draw on: how wide, with colours, with more than ASCII. */
import pc from 'picocolors';

export interface Screen {
  /** Columns of the terminal; null: a pipe or a file, where a table is lines of values with tabs between. */
  readonly width: number | null;
  readonly isColoured: boolean;
  /** The locale has no characters beyond ASCII. */
  readonly isAscii: boolean;
}

const WIDTH_MIN = 40;
/** Beyond it a row is harder to follow, not easier. */
const WIDTH_MAX = 200;
/** A terminal that does not say how wide it is. */
const WIDTH_USUAL = 80;

/** For a pipe, and for a test that looks at values. */
export const PIPE: Screen = { width: null, isColoured: false, isAscii: false };

type Variables = Readonly<Record<string, string | undefined>>;

/** Asked anew for each drawing: windows change. */
export const screenNow = (): Screen => screenOf(process.stdout, process.env);

export function screenOf(
  { isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number },
  env: Variables,
): Screen {
  const isAscii = isAsciiOnly(env);
  if (isTTY !== true) return { width: null, isColoured: false, isAscii };
  const width = columns || Number(env.COLUMNS) || WIDTH_USUAL;
  return {
    width: Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, width)),
    isColoured: pc.isColorSupported,
    isAscii,
  };
}

/** POSIX: `LC_ALL` goes before `LC_CTYPE`, and that before `LANG`. Without any, terminals of today speak UTF-8. */
export function isAsciiOnly(env: Variables): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return locale !== '' && !/utf-?8/i.test(locale);
}

const IN_ASCII: Readonly<Record<string, string>> = {
  ...{ '…': '...', '→': '->', '–': '-', '—': '-', '·': '-', '×': 'x', '’': "'", '“': '"', '”': '"' },
  ...{ '■': '#', '□': '.', '─': '-', '│': '|', '✔': '+', '≥': '>=', '≤': '<=' },
};

/** Our own signs in a locale without them; what others wrote stays as it is. */
export const inAscii = (text: string): string =>
  text.replace(/[…→–—·×’“”■□─│✔≥≤]/g, (sign) => IN_ASCII[sign] ?? sign);
