#!/usr/bin/env node
// The package's program: plain JavaScript that the oldest Node can read, before what is built for Node 20.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Node ${process.versions.node} is too old: install Node 20.19 or newer.\n`);
  process.exit(2);
}
await import(new URL('./commands.mjs', import.meta.url).href);
