import { type AddressInfo, createServer, type Server } from 'node:net';
import { UserError } from '../../src/errors.ts';

/** Listens on the loopback address; port 0 picks a free one. Answers the URL. @throws UserError port-in-use */
export async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    const fail = (cause: Error): void => reject(explain(cause, port));
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', fail);
      resolve();
    });
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Asked before anything is thrown away for a start that could not succeed. @throws UserError port-in-use */
export async function demandFreePort(port: number): Promise<void> {
  const probe = createServer();
  await listen(probe, port);
  await new Promise((resolve) => probe.close(resolve));
}

function explain(cause: Error, port: number): Error {
  const code = 'code' in cause ? cause.code : undefined;
  if (code === 'EADDRINUSE') {
    return new UserError('port-in-use', `port ${port} on 127.0.0.1 is in use by another program`, { hint: 'Stop that program, name another port with --port, or leave it out for a free one.', cause });
  }
  if (code === 'EACCES') {
    return new UserError('port-in-use', `port ${port} on 127.0.0.1 is not open to this user`, { hint: 'Name a port from 1024 up with --port, or leave it out for a free one.', cause });
  }
  return cause;
}
