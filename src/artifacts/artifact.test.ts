import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import { type ArtifactDraft, ArtifactRepository } from './artifact.ts';
import { digestOf, hexOf } from './digest.ts';

const draft: ArtifactDraft = {
  kind: 'snapshot',
  files: { 'rows.parquet': Buffer.from('rows'), 'notes.json': Buffer.from('{"a":1}') },
  parents: { source: digestOf('source') },
  metadata: { rows: 4 },
};

let store: MemoryArtifactStore;
let artifacts: ArtifactRepository;
beforeEach(() => {
  store = new MemoryArtifactStore();
  artifacts = new ArtifactRepository(store);
});

describe('artefacts', () => {
  it('are read back as they were written', async () => {
    const { digest } = await artifacts.write(draft);
    const read = await artifacts.read('snapshot', digest);
    expect(read.manifest).toMatchObject({ kind: 'snapshot', parents: draft.parents, metadata: draft.metadata });
    expect(Buffer.from(await artifacts.bytes(read, 'rows.parquet')).toString('utf8')).toBe('rows');
    expect(await artifacts.json(read, 'notes.json')).toEqual({ a: 1 });
  });

  it('have one digest for one content, whatever the order of files and members', async () => {
    const reordered = { ...draft, files: Object.fromEntries(Object.entries(draft.files).toReversed()) };
    expect((await artifacts.write(draft)).digest).toBe((await artifacts.write(reordered)).digest);
    for (const other of [{ metadata: { rows: 5 } }, { parents: {} }, { kind: 'candidate' as const }, { files: { 'rows.parquet': Buffer.from('rowz') } }]) {
      expect((await artifacts.write({ ...draft, ...other })).digest).not.toBe((await artifacts.write(draft)).digest);
    }
  });

  it('are visible only when all their files are there: a crash at any write leaves no half artefact, and writing again completes it', async () => {
    const whole = (await artifacts.write(draft)).digest;
    for (let crashAt = 1; crashAt <= 10; crashAt += 1) {
      let calls = 0;
      const objects = new Map<string, Uint8Array>();
      const dying = new MemoryArtifactStore(() => {
        calls += 1;
        if (calls === crashAt) throw new Error('killed');
      }, objects);
      await expect(new ArtifactRepository(dying).write(draft)).rejects.toThrow('killed');
      const survivor = new ArtifactRepository(new MemoryArtifactStore(undefined, objects));
      const seen = await survivor.read('snapshot', whole).catch(() => undefined);
      if (seen !== undefined) for (const name of Object.keys(draft.files)) await survivor.bytes(seen, name);
      expect((await survivor.write(draft)).digest).toBe(whole);
      expect(objects.size).toBe(3);
    }
  });

  it('are refused where a file or the manifest was changed', async () => {
    const artifact = await artifacts.write(draft);
    store.objects.set(`blobs/sha256/${hexOf(digestOf('rows'))}`, Buffer.from('evil'));
    await expect(artifacts.bytes(artifact, 'rows.parquet')).rejects.toMatchObject({ code: 'artifact-corrupt' });
    await expect(artifacts.file(artifact, 'rows.parquet')).rejects.toMatchObject({ code: 'artifact-corrupt' });
    store.objects.set(`artifacts/snapshot/${hexOf(artifact.digest)}.json`, Buffer.from('{}'));
    await expect(artifacts.read('snapshot', artifact.digest)).rejects.toMatchObject({ code: 'artifact-corrupt' });
  });

  it('say what is missing', async () => {
    await expect(artifacts.read('snapshot', digestOf('nothing'))).rejects.toMatchObject({ code: 'artifact-missing' });
    const artifact = await artifacts.write(draft);
    await expect(artifacts.bytes(artifact, 'nothing.json')).rejects.toMatchObject({ code: 'artifact-missing' });
    store.objects.delete(`blobs/sha256/${hexOf(digestOf('rows'))}`);
    await expect(artifacts.bytes(artifact, 'rows.parquet')).rejects.toMatchObject({ code: 'artifact-missing' });
  });

  it('of one kind are not read as another', async () => {
    const { digest } = await artifacts.write(draft);
    await expect(artifacts.read('candidate', digest)).rejects.toMatchObject({ code: 'artifact-missing' });
  });

  it('are refused where the manifest is none, though its bytes are the ones it is named by', async () => {
    for (const text of ['{}', 'no JSON', '{"schema":"taxiway/artifact/v0"}']) {
      await store.create(`artifacts/snapshot/${hexOf(digestOf(text))}.json`, Buffer.from(text));
      await expect(artifacts.read('snapshot', digestOf(text))).rejects.toMatchObject({ code: 'artifact-corrupt' });
    }
  });

  it('have all their files even where a prune took one while they were written', async () => {
    const blob = `blobs/sha256/${hexOf(digestOf('rows'))}`;
    const objects = new Map<string, Uint8Array>();
    const pruned = new MemoryArtifactStore(undefined, objects);
    const create = pruned.create.bind(pruned);
    pruned.create = async (key, body) => {
      if (key.startsWith('artifacts/')) objects.delete(blob);
      return create(key, body);
    };
    const written = await new ArtifactRepository(pruned).write(draft);
    expect(Buffer.from(await new ArtifactRepository(pruned).bytes(written, 'rows.parquet')).toString('utf8')).toBe('rows');
  });

  it('say who made them beside their content: another commit, or another day, is another record of the same digest, and the first time of a day stays', async () => {
    const [first, second] = ['a'.repeat(40), 'b'.repeat(40)];
    const { digest } = await new ArtifactRepository(store, { commit: first, now: () => 0 }).write(draft);
    await new ArtifactRepository(store, { commit: first, now: () => 1000 }).write(draft);
    expect((await new ArtifactRepository(store, { commit: second, now: () => 2000 }).write(draft)).digest).toBe(digest);
    await new ArtifactRepository(store, { commit: first, now: () => 86_400_000 }).recordMaker('snapshot', digest);
    const keys = await store.list('provenance/');
    expect(keys).toEqual([`${first}-19700101`, `${first}-19700102`, `${second}-19700101`].map((name) => `provenance/snapshot/${hexOf(digest)}/${name}.json`));
    const record = await store.read(keys[0] ?? '');
    expect(JSON.parse(Buffer.from(record?.body ?? []).toString('utf8'))).toMatchObject({ digest, commit: first, madeAt: '1970-01-01T00:00:00.000Z' });
  });
});
