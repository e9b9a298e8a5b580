/** Alerts to `alerts.url`: generic JSON, or the text messages of DingTalk's and Feishu's robots. */
import type { Config } from '../config/config.ts';
import { CALL_MAX_MS } from '../limits.ts';
import type { Alerts } from '../ports.ts';
import { plainText } from '../story/outside-text.ts';
import type { Language } from '../words/language.ts';
import { type Answered, exchange } from './http/exchange.ts';

/** @see DingTalk docs, "Custom robot"; Feishu docs, "Custom bot usage guide" */
const BODIES = {
  json: (deployment: string, text: string) => ({ deployment, text }),
  dingtalk: (deployment: string, text: string) => ({
    msgtype: 'text',
    text: { content: `[${deployment}] ${text}` },
  }),
  feishu: (deployment: string, text: string) => ({
    msg_type: 'text',
    content: { text: `[${deployment}] ${text}` },
  }),
} as const;

/** A function that has nothing to say starts without the catalogue. */
async function wordsFor(text: string, language: Language): Promise<string> {
  if (language === 'en') return text;
  return (await import('../words/chinese.ts')).inChinese(text);
}

/** Robots take some 20 kB. */
const TEXT_MAX_CHARS = 4_000;

/** Alerts quote labels and names of jobs, which anybody may write who may push: Feishu reads `<at user_id="all">` in a text, Slack `<!channel>`. */
const harmless = (text: string): string =>
  plainText(text, TEXT_MAX_CHARS).replaceAll('<', '＜').replaceAll('>', '＞');

/**
 * Without an address an alert is its log line alone. Both robots say no with a 200 and a code of their own. No redirect is
 * followed: after most of them a POST is a GET without its body, which posts nothing and is answered 200.
 */
export function alertsTo({
  name,
  alerts: { url, format, language },
}: Pick<Config, 'name' | 'alerts'>): Alerts {
  return {
    async post(text) {
      if (url === null) return;
      const body = JSON.stringify(BODIES[format](name, harmless(await wordsFor(text, language))));
      const headers = { 'content-type': 'application/json' };
      const asked = { url: new URL(url), method: 'POST', headers, body, maxMs: CALL_MAX_MS, isOnce: true };
      let answer: Answered;
      try {
        answer = await exchange(asked);
      } catch {
        // The cause names the address, and the address holds the robot's token.
        throw new Error('the address in alerts.url did not answer');
      }
      const { status } = answer;
      if (status < 200 || status > 299) throw new Error(`the address in alerts.url answered ${status}`);
      const said = answer.body.toString('utf8');
      const code = /"(?:errcode|code)"\s*:\s*(-?\d+)/.exec(said)?.[1];
      if (format !== 'json' && code !== undefined && code !== '0')
        throw new Error(`the robot refused the alert with code ${code}`);
    },
  };
}
