import { openAsBlob } from 'node:fs';
import { UserError } from '../../../errors.ts';
import type { Outcome, RegistryClient, RegistryRequest } from './registry-client.ts';

export interface BlobUpload {
  readonly digest: string;
  readonly source: Uint8Array | { readonly path: string };
  /** Bytes: a larger blob goes in pieces of this size, and an upload that breaks off goes on where the registry stands. */
  readonly chunkSize: number;
  /** Whether the registry has the blob: asked where the answer to the last request was lost. */
  readonly isThere: () => Promise<boolean>;
}

interface Session {
  readonly location: string;
  /** Bytes that the registry has. */
  readonly offset: number;
}

interface Bytes {
  readonly size: number;
  slice(from: number, to: number): Uint8Array | Blob;
}

/**
 * POST for a session, the bytes, and PUT with the digest (distribution-spec 1.1, Pushing blobs). Lost sessions are begun anew, within the client's tries.
 * @throws UserError as the client does, and image-corrupt where the registry says that the bytes are not those of the digest
 */
export async function uploadBlob(client: RegistryClient, upload: BlobUpload): Promise<void> {
  const bytes = await openBytes(upload.source);
  const what = `push of blob ${upload.digest}`;
  let session: Session | undefined;
  const outcome = await client.retry<Session>(async (timeout) => {
    const steps = new UploadSteps(client, { what, digest: upload.digest, timeout });
    if (session === undefined) {
      const begun = await steps.begin();
      if (begun.kind !== 'answer') return begun;
      session = begun.value;
    } else if (bytes.size <= upload.chunkSize) {
      // One request carried everything: either it arrived, or it is begun anew.
      if (await upload.isThere()) return { kind: 'answer', value: session };
      session = undefined;
      return { kind: 'again', reason: 'has not got the blob' };
    } else {
      const state = await steps.state(session);
      if (state.kind !== 'answer') {
        if (state.kind === 'refused' && (await upload.isThere())) return { kind: 'answer', value: session };
        session = undefined;
        return state.kind === 'refused' ? { kind: 'again', reason: state.reason } : state;
      }
      session = state.value;
    }
    const end = await sendBytes(steps, session, { bytes, chunkSize: upload.chunkSize, moved: (to) => (session = to) });
    if (end.kind !== 'refused' || !sessionLost.has(end.status)) return end;
    session = undefined;
    return { kind: 'again', reason: end.reason };
  });
  if (outcome.kind === 'answer') return;
  if (outcome.kind === 'refused' && outcome.status === 400) {
    throw new UserError('image-corrupt', `${client.place.repository}: ${what}: the registry ${outcome.reason}`, { hint: 'Bytes were changed on the way. Run register again: it pushes what is missing.' });
  }
  throw client.failure(what, outcome);
}

/** Not found, and not the bytes that come next. */
const sessionLost = new Set([404, 416]);

/** A small blob whole, a large one in pieces; then the digest that ends the session. */
async function sendBytes(steps: UploadSteps, begin: Session, options: { bytes: Bytes; chunkSize: number; moved: (session: Session) => void }): Promise<Outcome<Session>> {
  const { bytes, chunkSize, moved } = options;
  if (bytes.size <= chunkSize) return steps.finish(begin, bytes.slice(0, bytes.size));
  let session = begin;
  while (session.offset < bytes.size) {
    const sent = await steps.piece(session, bytes.slice(session.offset, Math.min(session.offset + chunkSize, bytes.size)));
    if (sent.kind !== 'answer') return sent;
    // Otherwise the same piece would be sent for ever.
    if (sent.value.offset <= session.offset) return { kind: 'again', reason: `takes no more than ${sent.value.offset} bytes` };
    session = sent.value;
    moved(session);
  }
  return steps.finish(session, undefined);
}

class UploadSteps {
  private readonly client: RegistryClient;
  private readonly options: { readonly what: string; readonly digest: string; readonly timeout: number };

  constructor(client: RegistryClient, options: { readonly what: string; readonly digest: string; readonly timeout: number }) {
    this.client = client;
    this.options = options;
  }

  begin(): Promise<Outcome<Session>> {
    return this.send({ method: 'POST', url: `/v2/${this.client.place.name}/blobs/uploads/`, accepts: [202] }, 0);
  }

  /** Where the registry stands: it may have more or less than this side believes. */
  state(session: Session): Promise<Outcome<Session>> {
    return this.send({ method: 'GET', url: session.location, accepts: [204] }, 0);
  }

  piece(session: Session, body: Uint8Array | Blob): Promise<Outcome<Session>> {
    const size = body instanceof Uint8Array ? body.byteLength : body.size;
    const headers = { 'content-type': 'application/octet-stream', 'content-range': `${session.offset}-${session.offset + size - 1}` };
    return this.send({ method: 'PATCH', url: session.location, headers, body, accepts: [202] }, session.offset + size);
  }

  finish(session: Session, body: Uint8Array | Blob | undefined): Promise<Outcome<Session>> {
    const url = new URL(session.location, this.client.place.origin);
    url.searchParams.set('digest', this.options.digest);
    const headers = { 'content-type': 'application/octet-stream' };
    return this.send({ method: 'PUT', url: url.href, headers, body: body ?? new Uint8Array(), accepts: [201, 204] }, session.offset);
  }

  private send(request: Pick<RegistryRequest, 'method' | 'url' | 'accepts' | 'headers' | 'body'>, offset: number): Promise<Outcome<Session>> {
    return this.client.askOnce({ ...request, what: this.options.what, access: 'pull,push' }, this.options.timeout, async ({ headers }) => ({
      location: new URL(headers.get('location') ?? request.url, new URL(request.url, this.client.place.origin)).href,
      offset: received(headers.get('range')) ?? offset,
    }));
  }
}

/** Range: 0-<last byte>. Of nothing at all registries say 0-0, as they say of one byte; a piece is always larger. */
function received(range: string | null): number | undefined {
  const last = /^(?:bytes=)?0-(\d+)$/.exec(range ?? '')?.[1];
  if (last === undefined) return undefined;
  return last === '0' ? 0 : Number(last) + 1;
}

async function openBytes(source: Uint8Array | { readonly path: string }): Promise<Bytes> {
  if (source instanceof Uint8Array) return { size: source.byteLength, slice: (from, to) => source.subarray(from, to) };
  const blob = await openAsBlob(source.path);
  return { size: blob.size, slice: (from, to) => blob.slice(from, to) };
}
