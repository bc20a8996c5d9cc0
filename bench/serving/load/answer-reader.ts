export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
  /** The server ends the connection after this answer. */
  readonly closes: boolean;
  /** Of an answer with binary tensors: the bytes of its JSON part, which comes first. */
  readonly jsonBytes: number | undefined;
}

const nothing = Buffer.alloc(0);
const headEnd = Buffer.from('\r\n\r\n');

interface Head {
  readonly status: number;
  readonly closes: boolean;
  readonly jsonBytes: number | undefined;
  readonly bodyStart: number;
  /** undefined: the body comes in chunks. */
  readonly bodyLength: number | undefined;
}

function readHead(bytes: Buffer): Head | undefined {
  const end = bytes.indexOf(headEnd);
  if (end < 0) return undefined;
  const text = bytes.toString('latin1', 0, end).toLowerCase();
  const status = Number(text.slice(9, 12));
  const length = /\r\ncontent-length: *(\d+)/.exec(text)?.[1];
  if (!text.startsWith('http/1.1 ') || !(status >= 200 && status <= 599)) throw new Error(`no answer of HTTP/1.1: ${text.slice(0, 60)}`);
  if (length === undefined && !/\r\ntransfer-encoding: *chunked/.test(text)) throw new Error('an answer says neither its length nor that it comes in chunks');
  const json = /\r\ninference-header-content-length: *(\d+)/.exec(text)?.[1];
  return {
    status,
    closes: /\r\nconnection: *close/.test(text),
    jsonBytes: json === undefined ? undefined : Number(json),
    bodyStart: end + headEnd.length,
    bodyLength: length === undefined ? undefined : Number(length),
  };
}

/** The body of chunks from `start` on, or undefined while the last one is not there. */
function readChunks(bytes: Buffer, start: number): Buffer | undefined {
  const parts: Buffer[] = [];
  let position = start;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', position);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', position, lineEnd), 16);
    if (!Number.isFinite(size)) throw new Error('a chunk without a size');
    const next = lineEnd + 2 + size + 2;
    if (bytes.length < next) return undefined;
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    position = next;
  }
}

/** Puts the answers of one connection together, one after the other: the bench never sends a request before the last one is answered. */
export class AnswerReader {
  #pending: Buffer = nothing;

  /** The answer that `chunk` completes. */
  read(chunk: Buffer): HttpAnswer | undefined {
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    this.#pending = bytes;
    const head = readHead(bytes);
    if (head === undefined) return undefined;
    const { status, closes, jsonBytes, bodyStart, bodyLength } = head;
    const whole = bodyLength !== undefined && bytes.length >= bodyStart + bodyLength ? bytes.subarray(bodyStart, bodyStart + bodyLength) : undefined;
    const body = bodyLength === undefined ? readChunks(bytes, bodyStart) : whole;
    if (body === undefined) return undefined;
    this.#pending = nothing;
    return { status, body, closes, jsonBytes };
  }
}
