import type { Duplex } from 'node:stream';
import { STATUS_CODES } from 'node:http';
import { RequestError } from './request-error.ts';

function asRequestError(code = ''): RequestError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new RequestError('request-timeout', 'The request was not there in time: its head within 10 s, all of it within 30 s.');
    case 'HPE_HEADER_OVERFLOW':
      return new RequestError('headers-too-large', 'The head of the request is larger than the 16 KiB that this service reads.');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new RequestError('http-invalid', 'The chunks of the body have larger extensions than the 16 KiB that this service reads.');
    default:
      return new RequestError('http-invalid', `The request is no HTTP/1.1${code.startsWith('HPE_') ? ` (${code.slice(4).toLowerCase().replaceAll('_', ' ')})` : ''}, or could be understood in more than one way.`);
  }
}

/** Answers what never became a request (Node's clientError) like any other refusal, and ends the connection: where its next request begins, nobody knows. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const refusal = asRequestError(error.code);
  const body = JSON.stringify(refusal.toBody());
  if (socket.writable) socket.write(`HTTP/1.1 ${refusal.statusCode} ${STATUS_CODES[refusal.statusCode]}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
  socket.destroy(error);
}
