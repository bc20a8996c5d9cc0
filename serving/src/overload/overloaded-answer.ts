import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Purpose } from '../metrics/service-metrics.ts';

const message = 'The service has as much to do as it can answer in time; try again in a second.';
/** The Open Inference Protocol wants a message alone. */
const bodies = { ours: JSON.stringify({ error: { code: 'overloaded', message } }), protocol: JSON.stringify({ error: message }) };
const headersOf = (body: string): string[] => ['content-type', 'application/json; charset=utf-8', 'retry-after', '1', 'content-length', String(Buffer.byteLength(body))];
const headers = { ours: headersOf(bodies.ours), protocol: headersOf(bodies.protocol) };

/** Read from the raw list: making the object of headers would be a third of the cost of a refusal. */
export function rawPurposeOf({ rawHeaders }: IncomingMessage): Purpose {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.length === 17 && rawHeaders[index + 1] === 'verification' && rawHeaders[index]?.toLowerCase() === 'x-taxiway-purpose') return 'verification';
  }
  return 'traffic';
}

/** Answers 503 without a framework; what is left of the request is thrown away unread. */
export function answerOverloaded(request: IncomingMessage, response: ServerResponse, keepAlive: boolean): void {
  const shape = request.url?.startsWith('/v2/') ? 'protocol' : 'ours';
  response.sendDate = false;
  response.writeHead(503, keepAlive ? headers[shape] : [...headers[shape], 'connection', 'close']);
  response.end(bodies[shape]);
}
