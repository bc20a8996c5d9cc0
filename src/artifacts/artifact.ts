import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { UserError } from '../errors.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import { canonicalJson, type Json } from './canonical-json.ts';
import { type Digest, digestOf, digestOfFile, hexOf, isDigest, shortDigest } from './digest.ts';

export type ArtifactKind = 'snapshot' | 'clean-snapshot' | 'candidate' | 'evaluation';

const digestSchema = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value), 'must be a sha256 digest');

const manifestSchema = z.strictObject({
  schema: z.literal('taxiway/artifact/v1'),
  kind: z.enum(['snapshot', 'clean-snapshot', 'candidate', 'evaluation']),
  files: z.record(z.string(), z.strictObject({ digest: digestSchema, size: z.number().int().nonnegative() })),
  parents: z.record(z.string(), digestSchema),
  metadata: z.record(z.string(), z.json()),
});

export type ArtifactManifest = z.infer<typeof manifestSchema>;

export interface Artifact {
  /** The SHA-256 of the manifest's canonical JSON: it names files, parents and metadata at once. */
  readonly digest: Digest;
  readonly manifest: ArtifactManifest;
}

export interface ArtifactDraft {
  readonly kind: ArtifactKind;
  /** Name to bytes, or to the path of a local file. */
  readonly files: Readonly<Record<string, Uint8Array | { readonly path: string }>>;
  /** What it was made from, by role. */
  readonly parents: Readonly<Record<string, Digest>>;
  /** Nothing about time, host or speed belongs here: the same input must give the same digest. */
  readonly metadata: Readonly<Record<string, Json>>;
  /** How it was made, as far as that differs between machines, e.g. the device: kept with its maker. */
  readonly making?: Readonly<Record<string, string>>;
}

/** Who made an artefact. It is kept beside the artefact, not in it: equal content has one digest, whoever makes it again. */
export interface Maker {
  /** The git commit of the code that ran. */
  readonly commit: string;
  /** Processor, system and runtime: other processors may differ in the last bits of what they compute. */
  readonly machine?: string;
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

/** Immutable bundles of files, named by content, on the artefact store. The manifest is written last, so a half-written artefact is never visible. */
export class ArtifactRepository {
  private readonly store: ArtifactStore;
  readonly maker: Maker | undefined;

  /** @param maker recorded once per artefact, commit and day (UTC), at provenance/<kind>/<hex>/<commit>-<YYYYMMDD>.json; nothing is recorded where absent */
  constructor(store: ArtifactStore, maker?: Maker) {
    this.store = store;
    this.maker = maker;
  }

  async write(draft: ArtifactDraft): Promise<Artifact> {
    const files: ArtifactManifest['files'] = {};
    for (const [name, content] of Object.entries(draft.files)) {
      files[name] = content instanceof Uint8Array ? await this.writeBytes(content) : await this.writeFile(content.path);
    }
    const manifest = manifestSchema.parse({
      schema: 'taxiway/artifact/v1',
      kind: draft.kind,
      files,
      parents: draft.parents,
      metadata: draft.metadata,
    });
    const text = canonicalJson(manifest);
    const digest = digestOf(text);
    await this.store.create(manifestKey(draft.kind, digest), Buffer.from(text));
    await this.restoreFiles(draft, manifest);
    await this.recordMaker(draft.kind, digest, draft.making);
    return { digest, manifest };
  }

  /** Says that the artefact was made again, as `write` does: who keeps the store tidy must see that it is in use. */
  async recordMaker(kind: ArtifactKind, digest: Digest, making: ArtifactDraft['making'] = {}): Promise<void> {
    if (this.maker === undefined) return;
    const { commit, machine } = this.maker;
    const madeAt = new Date(this.maker.now()).toISOString();
    const record = { schema: 'taxiway/provenance/v1', kind, digest, commit, madeAt, ...(machine === undefined ? {} : { machine }), ...making };
    const day = madeAt.slice(0, 10).replaceAll('-', '');
    await this.store.create(`provenance/${kind}/${hexOf(digest)}/${commit}-${day}.json`, Buffer.from(canonicalJson(record)));
  }

  /** @throws UserError artifact-missing, artifact-corrupt */
  async read(kind: ArtifactKind, digest: Digest): Promise<Artifact> {
    const key = manifestKey(kind, digest);
    const stored = await this.store.read(key);
    if (stored === undefined) {
      throw new UserError('artifact-missing', `no ${kind} ${digest} in ${this.store.uri}`, {
        hint: `Run the step that makes the ${kind} first, or check that both steps use the same store.`,
      });
    }
    if (digestOf(stored.body) !== digest) throw this.corrupt(key, digest, digestOf(stored.body));
    return { digest, manifest: this.parseManifest(stored.body, kind, key) };
  }

  /** Local path of one file of an artefact, its bytes verified. */
  async file(artifact: Artifact, name: string): Promise<string> {
    const { digest } = this.entry(artifact, name);
    const path = await this.store.localFile(blobKey(digest));
    if (path === undefined) throw this.missingFile(artifact, name);
    const actual = await digestOfFile(path);
    if (actual !== digest) throw this.corrupt(blobKey(digest), digest, actual);
    return path;
  }

  /** The bytes of one file, verified: hash the bytes, use those bytes. */
  async bytes(artifact: Artifact, name: string): Promise<Uint8Array> {
    const { digest } = this.entry(artifact, name);
    const path = await this.store.localFile(blobKey(digest));
    if (path === undefined) throw this.missingFile(artifact, name);
    const body = await readFile(path);
    if (digestOf(body) !== digest) throw this.corrupt(blobKey(digest), digest, digestOf(body));
    return body;
  }

  async json(artifact: Artifact, name: string): Promise<unknown> {
    return JSON.parse(Buffer.from(await this.bytes(artifact, name)).toString('utf8'));
  }

  /** A prune that began before the manifest was there may have taken a file that nothing named yet. */
  private async restoreFiles(draft: ArtifactDraft, manifest: ArtifactManifest): Promise<void> {
    for (const [name, content] of Object.entries(draft.files)) {
      const entry = manifest.files[name];
      if (entry === undefined || (await this.store.list(blobKey(entry.digest))).length > 0) continue;
      await (content instanceof Uint8Array ? this.writeBytes(content) : this.writeFile(content.path));
    }
  }

  /** Its bytes are the ones that its name says, so whoever wrote them wrote something else than a manifest of this release. */
  private parseManifest(body: Uint8Array, kind: ArtifactKind, key: string): ArtifactManifest {
    try {
      const manifest = manifestSchema.parse(JSON.parse(Buffer.from(body).toString('utf8')));
      if (manifest.kind === kind) return manifest;
      throw new Error(`it is a ${manifest.kind}`);
    } catch (cause) {
      const reason = cause instanceof z.ZodError ? cause.issues.map(({ path, message }) => `${path.join('.') || 'manifest'}: ${message}`).join('; ') : String(cause);
      throw new UserError('artifact-corrupt', `${this.store.uri}/${key} is no manifest of a ${kind}: ${reason}`, {
        hint: 'Another release of Taxiway, or something else, wrote it. Run the step that makes it again.',
        cause,
      });
    }
  }

  private async writeBytes(body: Uint8Array): Promise<{ digest: Digest; size: number }> {
    const digest = digestOf(body);
    await this.store.create(blobKey(digest), body);
    return { digest, size: body.byteLength };
  }

  private async writeFile(path: string): Promise<{ digest: Digest; size: number }> {
    const digest = await digestOfFile(path);
    await this.store.createFromFile(blobKey(digest), path);
    return { digest, size: (await stat(path)).size };
  }

  private entry(artifact: Artifact, name: string): { digest: Digest; size: number } {
    const entry = artifact.manifest.files[name];
    if (entry === undefined) throw this.missingFile(artifact, name);
    return entry;
  }

  private missingFile(artifact: Artifact, name: string): UserError {
    return new UserError('artifact-missing', `${artifact.manifest.kind} ${shortDigest(artifact.digest)} has no file ${name} in ${this.store.uri}`, {
      hint: 'The store is incomplete: run the step that made it again; it writes what is missing.',
    });
  }

  private corrupt(key: string, expected: Digest, actual: Digest): UserError {
    return new UserError('artifact-corrupt', `${this.store.uri}/${key} has SHA-256 ${shortDigest(actual)}… but is named ${shortDigest(expected)}…`, {
      hint: 'Someone changed or cut the file. Delete it and run the step that made it again.',
    });
  }
}

function manifestKey(kind: ArtifactKind, digest: Digest): string {
  return `artifacts/${kind}/${hexOf(digest)}.json`;
}

function blobKey(digest: Digest): string {
  return `blobs/sha256/${hexOf(digest)}`;
}
