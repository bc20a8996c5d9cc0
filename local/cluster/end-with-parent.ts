// Loaded into every pod before its program (`node --import`): the parent holds the other end of standard input, and a closed end means that it is gone,
// however it died. The pod then stops as it would on SIGTERM, and for certain a little later.
const grace = 3000;

process.stdin.on('error', () => undefined);
process.stdin.on('close', () => {
  setTimeout(() => process.exit(143), grace).unref();
  process.kill(process.pid, 'SIGTERM');
});
process.stdin.resume();
// It must not keep the program alive by itself.
if ('unref' in process.stdin) process.stdin.unref();

export {};
