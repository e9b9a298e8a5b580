/** A way out through an HTTP proxy: Node's own agents know none (Node 20). RFC 9110, section 9.3.6: CONNECT. */
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import tls from 'node:tls';

type Done = (error: Error | null, socket?: Socket) => void;
type Target = tls.ConnectionOptions & { readonly host?: string; readonly port?: number | string };

/** Keeps its tunnels. What it throws names neither proxy nor password. */
export function tunnelAgent(proxy: URL, isSecure: boolean, maxMs: number): http.Agent {
  const agent = isSecure ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
  const createConnection = (target: Target, done: Done): void => {
    openTunnel(proxy, target, maxMs).then(
      (socket) => done(null, isSecure ? tls.connect({ ...target, socket }) : socket),
      (error: Error) => done(error),
    );
  };
  return Object.assign(agent, { createConnection });
}

function openTunnel(proxy: URL, { host, port }: Target, maxMs: number): Promise<Socket> {
  const { request } = proxy.protocol === 'https:' ? https : http;
  const path = `${host}:${port}`;
  return new Promise((resolve, reject) => {
    const asked = request({
      ...{ hostname: proxy.hostname, port: proxy.port, method: 'CONNECT', path, agent: false },
      headers: { host: path, ...authorizationOf(proxy) },
      signal: AbortSignal.timeout(maxMs),
    });
    asked.on('error', ({ message }) => reject(new Error(`the egress proxy cannot be reached: ${message}`)));
    asked.on('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) resolve(socket);
      else {
        socket.destroy();
        reject(new Error(`the egress proxy answered ${statusCode}`));
      }
    });
    // A proxy that takes it for an ordinary request.
    asked.on('response', (answer) => {
      answer.destroy();
      reject(new Error(`the egress proxy answered ${answer.statusCode}`));
    });
    asked.end();
  });
}

function authorizationOf({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(text).toString('base64')}` };
}
