/** Session Manager's websockets, on the address that ECS itself has here. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Ecs } from '../ecs.ts';

export function serveSessions(ecs: Ecs, server: Server): void {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const [id, token] = [searchParams.get('sessionId') ?? '', searchParams.get('token') ?? ''];
    if (pathname !== '/session' || !ecs.sessions.isOpen(id, token)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => connect(ecs, id, token, webSocket));
  });
}

function connect(ecs: Ecs, id: string, token: string, webSocket: WebSocket): void {
  const joined = ecs.sessions.join(id, token, {
    send: (frame) => webSocket.send(frame, () => undefined),
    close: (code) => (code === null ? webSocket.terminate() : webSocket.close(code)),
  });
  webSocket.on('error', () => undefined);
  webSocket.on('message', (bytes: Buffer) => joined?.heard(bytes));
  webSocket.on('close', () => joined?.left());
}
