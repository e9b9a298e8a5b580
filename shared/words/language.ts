/** What a person reads in. */

export const LANGUAGES = ['en', 'zh-CN'] as const;
export type Language = (typeof LANGUAGES)[number];

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * POSIX: `LC_ALL` goes before `LC_MESSAGES`, and that before `LANG`. `preferred`: the deployment's, which stands behind a
 * `LANG` that a system has by itself. Where the terminal speaks no UTF-8, no Chinese would arrive.
 */
export function languageOf(env: Variables, preferred: Language = 'en'): Language {
  const said = env.LC_ALL || env.LC_MESSAGES || '';
  const locale = said || env.LANG || '';
  if (/^zh/i.test(locale)) return /\.(?!utf-?8)/i.test(locale) ? 'en' : 'zh-CN';
  const isUnicode = locale === '' || /utf-?8/i.test(locale);
  return said === '' && isUnicode ? preferred : 'en';
}
