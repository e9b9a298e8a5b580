/** Alerts to `alerts.url`: generic JSON, or the text messages of DingTalk's and Feishu's robots. */
import type { Config } from '../config/config.ts';
import { CALL_MAX_MS } from '../limits.ts';
import type { Alerts } from '../ports.ts';
import type { Language } from '../words/language.ts';

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

/** Without an address an alert is its log line alone. Both robots say no with a 200 and a code of their own. */
export function alertsTo({
  name,
  alerts: { url, format, language },
}: Pick<Config, 'name' | 'alerts'>): Alerts {
  return {
    async post(text) {
      if (url === null) return;
      const body = JSON.stringify(BODIES[format](name, await wordsFor(text, language)));
      let answer: Response;
      try {
        const headers = { 'content-type': 'application/json' };
        answer = await fetch(url, {
          method: 'POST',
          headers,
          body,
          signal: AbortSignal.timeout(CALL_MAX_MS),
        });
      } catch {
        // The cause names the address, and the address holds the robot's token.
        throw new Error('the address in alerts.url did not answer');
      }
      const said = await answer.text();
      if (!answer.ok) throw new Error(`the address in alerts.url answered ${answer.status}`);
      const code = /"(?:errcode|code)"\s*:\s*(-?\d+)/.exec(said)?.[1];
      if (format !== 'json' && code !== undefined && code !== '0')
        throw new Error(`the robot refused the alert with code ${code}`);
    },
  };
}
