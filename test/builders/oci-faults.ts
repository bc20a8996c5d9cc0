import type { ServerResponse } from 'node:http';
import type { Fault } from './oci-server.ts';

/** Meets the first requests of a method and path, then leaves the rest alone. */
export function first(times: number, [method, path]: readonly [string, RegExp], fault: (response: ServerResponse) => void): Fault {
  let left = times;
  return (request, response) => {
    if (request.method !== method || !path.test(request.url ?? '') || left === 0) return false;
    left -= 1;
    request.resume();
    fault(response);
    return true;
  };
}

export const status =
  (code: number, headers: Record<string, string> = {}, body = '') =>
  (response: ServerResponse): void =>
    void response.writeHead(code, headers).end(body);

export const cut = (response: ServerResponse): void => void response.destroy();

/** The first of these that answers. */
export const any =
  (...faults: readonly Fault[]): Fault =>
  async (request, response) => {
    for (const fault of faults) if (await fault(request, response)) return true;
    return false;
  };
