/**
 * Whoever read this process's output is gone, e.g. a command line that was killed: nobody waits for the work. It ends as a cancelled job
 * does, which removes its work directory, rather than with a stack about EPIPE.
 */
export function endOnBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.kill(process.pid, 'SIGTERM');
    });
  }
}
