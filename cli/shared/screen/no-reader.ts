/** `npm start | head -1`: who reads has had enough. A program of C ends by SIGPIPE there, of which Node makes an error. */

/** As a shell tells SIGPIPE. */
const GONE = 141;

/** For a command that has to clean up: that nobody reads any more is to leave, as Ctrl-C is. Before it says anything. */
export function leaveWithoutReader(stream: NodeJS.EventEmitter, asked: AbortSignal): void {
  stream.on('error', () => {
    // A second Ctrl-C would end the cleaning: each later word fails as well, and the first ended `tee`, too.
    if (!asked.aborted) process.emit('SIGINT');
  });
}

/** One that listens by itself, as for a terminal that is gone, goes before. */
export function quietlyWithoutReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (stream.listenerCount('error') > 1) return;
    if (error.code !== 'EPIPE') throw error;
    process.exit(GONE);
  });
}
