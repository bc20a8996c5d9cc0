import { openAsBlob } from 'node:fs';
import type { Again } from '../../http/with-retry.ts';
import type { Outcome, Refusal, RegistryClient, RegistryRequest } from './registry-client.ts';

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
  /** Bytes: what came after them was refused as not what comes next. */
  readonly disputed?: number;
}

interface Bytes {
  readonly size: number;
  slice(from: number, to: number): Uint8Array | Blob;
}

/**
 * POST for a session, the bytes, and PUT with the digest (distribution-spec 1.1, Pushing blobs). An upload that breaks off goes on where the
 * registry stands; a lost session is begun anew. The client's tries and time are for each step forward: they are counted anew with every
 * piece that no try before had brought there.
 * @throws UserError as the client does
 */
export async function uploadBlob(client: RegistryClient, upload: BlobUpload): Promise<void> {
  const bytes = await openBytes(upload.source);
  const what = `push of blob ${upload.digest}`;
  let session: Session | undefined;
  /** Bytes: the most that the registry ever had. It only grows, and ends at the blob's size. */
  let furthest = 0;
  const outcome = await client.retry<'done'>(async (timeout) => {
    const steps = new UploadSteps(client, { what, digest: upload.digest, timeout });
    const before = furthest;
    const resumed = session === undefined ? undefined : await resume(steps, session, { ...upload, whole: bytes.size <= upload.chunkSize });
    if (resumed?.kind === 'done') return { kind: 'answer', value: 'done' };
    if (resumed?.kind === 'again') return resumed;
    session = resumed?.session;
    if (session === undefined) {
      const begun = await steps.begin();
      if (begun.kind !== 'answer') return begun;
      session = begun.value;
    }
    const moved = (to: Session): void => {
      session = to;
      furthest = Math.max(furthest, Math.min(to.offset, bytes.size));
    };
    const end = await sendBytes(steps, session, { bytes, chunkSize: upload.chunkSize, moved });
    const progress = furthest > before;
    if (end.kind === 'answer') return { kind: 'answer', value: 'done' };
    if (end.kind === 'again') return { ...end, progress };
    if (end.kind !== 'refused' || !isLost(end)) return end;
    // With a place that it says, the session goes on; not where it says just what this side believes.
    session = end.status === 416 ? { ...session, disputed: session.offset } : undefined;
    return { kind: 'again', reason: end.reason, progress };
  });
  if (outcome.kind !== 'answer') throw client.failure(what, outcome);
}

type Resumed = { readonly kind: 'done' } | { readonly kind: 'session'; readonly session: Session | undefined } | Again;

/** Where an upload that broke off goes on; without a session, it begins anew. */
async function resume(steps: UploadSteps, session: Session, { whole, isThere }: Pick<BlobUpload, 'isThere'> & { readonly whole: boolean }): Promise<Resumed> {
  // One request carried everything: either it arrived, or it is begun anew.
  if (whole) return (await isThere()) ? { kind: 'done' } : { kind: 'session', session: undefined };
  const state = await steps.state(session);
  if (state.kind === 'again') return state;
  if (state.kind === 'answer') return { kind: 'session', session: state.value.offset === session.disputed ? undefined : state.value };
  if (await isThere()) return { kind: 'done' };
  // Some registries do not tell: they are sent what comes next by what they said last.
  const silent = state.kind === 'refused' && state.status === 405 && session.disputed === undefined;
  return { kind: 'session', session: silent ? session : undefined };
}

/** Not found, and not the bytes that come next; or an address that another host had signed has expired. */
function isLost({ status, codes, elsewhere }: Refusal): boolean {
  if (codes.includes('NAME_UNKNOWN')) return false;
  return elsewhere || status === 404 || status === 416 || codes.some((code) => sessionCodes.has(code));
}

const sessionCodes = new Set(['BLOB_UPLOAD_UNKNOWN', 'BLOB_UPLOAD_INVALID', 'RANGE_INVALID']);

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
  // These are not the bytes of this blob.
  if (session.offset > bytes.size) return { kind: 'refused', status: 416, codes: [], reason: `claims to have ${session.offset} of ${bytes.size} bytes`, elsewhere: false };
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
