import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ArtifactStore, PrunableArtifactStore } from '../../src/ports/artifact-store.ts';

export interface ArtifactStoreUnderTest {
  /** A new empty store. */
  open(): Promise<PrunableArtifactStore>;
  close(): Promise<void>;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (body: Uint8Array | undefined): string | undefined => (body === undefined ? undefined : Buffer.from(body).toString('utf8'));

/** What every artefact store promises. */
export function artifactStoreContract(name: string, subject: ArtifactStoreUnderTest): void {
  describe(`artefact store contract: ${name}`, () => {
    afterEach(() => subject.close());

    it('reads back what was created, with an entity tag', async () => {
      const store = await subject.open();
      expect(await store.create('a/b.json', bytes('one'))).toBe('created');
      const stored = await store.read('a/b.json');
      expect(text(stored?.body)).toBe('one');
      expect(stored?.etag).toMatch(/./);
    });

    it('answers undefined for a key that is not there', async () => {
      const store = await subject.open();
      expect(await store.read('nothing/here')).toBeUndefined();
      expect(await store.localFile('nothing/here')).toBeUndefined();
      expect(await store.list('nothing/')).toEqual([]);
    });

    it('never overwrites by create', async () => {
      const store = await subject.open();
      await store.create('a', bytes('first'));
      expect(await store.create('a', bytes('second'))).toBe('exists');
      expect(text((await store.read('a'))?.body)).toBe('first');
    });

    it('lets one of forty concurrent creators win, and keeps what that one wrote', async () => {
      const store = await subject.open();
      const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => store.create('race', bytes(`writer ${index}`))));
      expect(answers.filter((answer) => answer === 'created')).toHaveLength(1);
      expect(text((await store.read('race'))?.body)).toBe(`writer ${answers.indexOf('created')}`);
    });

    it('creates from a local file, and gives a local file back', async () => {
      const store = await subject.open();
      const folder = await mkdtemp(join(tmpdir(), 'contract-'));
      try {
        await writeFile(join(folder, 'source'), 'from a file');
        expect(await store.createFromFile('blob', join(folder, 'source'))).toBe('created');
        expect(await store.createFromFile('blob', join(folder, 'source'))).toBe('exists');
        await writeFile(join(folder, 'source'), 'changed later');
        expect(text((await store.read('blob'))?.body)).toBe('from a file');
        expect(await readFile((await store.localFile('blob')) ?? '', 'utf8')).toBe('from a file');
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    it('replaces only for one who has seen the latest content', async () => {
      const store = await subject.open();
      const first = await store.replace('pointer', bytes('1'), null);
      expect(first).toBeDefined();
      expect(await store.replace('pointer', bytes('1 again'), null)).toBeUndefined();
      const second = await store.replace('pointer', bytes('2'), first ?? null);
      expect(second).toBeDefined();
      expect(await store.replace('pointer', bytes('late'), first ?? null)).toBeUndefined();
      const stored = await store.read('pointer');
      expect(text(stored?.body)).toBe('2');
      expect(stored?.etag).toBe(second);
      expect(await readFile((await store.localFile('pointer')) ?? '', 'utf8')).toBe('2');
      expect(await store.create('pointer', bytes('3'))).toBe('exists');
    });

    it('refuses to replace what is not there', async () => {
      const store = await subject.open();
      expect(await store.replace('pointer', bytes('1'), 'sha256:ab')).toBeUndefined();
      expect(await store.read('pointer')).toBeUndefined();
    });

    it('lets one of many concurrent replacements win in every round', async () => {
      const store = await subject.open();
      let etag: string | null = null;
      for (let round = 0; round < 12; round += 1) {
        const seen: string | null = etag;
        const answers = await Promise.all(Array.from({ length: 8 }, (_, writer) => store.replace('pointer', bytes(`${round}/${writer}`), seen)));
        const winners = answers.flatMap((answer, writer) => (answer === undefined ? [] : [{ answer, writer }]));
        expect(winners).toHaveLength(1);
        const stored = await store.read('pointer');
        expect(text(stored?.body)).toBe(`${round}/${winners[0]?.writer}`);
        etag = stored?.etag ?? null;
      }
    });

    it('lets a create and a first replacement race to one winner', async () => {
      const store = await subject.open();
      for (let round = 0; round < 10; round += 1) {
        const [created, replaced] = await Promise.all([store.create(`k${round}`, bytes('c')), store.replace(`k${round}`, bytes('r'), null)]);
        expect([created === 'created', replaced !== undefined].filter(Boolean)).toHaveLength(1);
      }
    });

    it('loses no increment of a counter that many add to', async () => {
      const store = await subject.open();
      await store.create('counter', bytes('0'));
      await Promise.all(Array.from({ length: 6 }, () => increment(store, 'counter', 8)));
      expect(text((await store.read('counter'))?.body)).toBe('48');
      expect(await store.list('')).toEqual(['counter']);
    });

    it('lists the keys under a prefix, sorted by code unit', async () => {
      const store = await subject.open();
      for (const key of ['b/2', 'b/10', 'B/1', 'a', 'b/sub/x', 'bc']) await store.create(key, bytes(key));
      await store.replace('b/2', bytes('new'), (await store.read('b/2'))?.etag ?? null);
      expect(await store.list('b/')).toEqual(['b/10', 'b/2', 'b/sub/x']);
      expect(await store.list('b')).toEqual(['b/10', 'b/2', 'b/sub/x', 'bc']);
      expect(await store.list('')).toEqual(['B/1', 'a', 'b/10', 'b/2', 'b/sub/x', 'bc']);
    });

    it('tells the size and the time of writing of each object, the latest where it was replaced', async () => {
      const store = await subject.open();
      await store.create('b/1', bytes('four'));
      await store.create('a', bytes('1'));
      const etag = await store.replace('b/2', bytes('x'), null);
      await store.replace('b/2', bytes('longer'), etag ?? null);
      const entries = await store.entries('');
      expect(entries.map(({ key, size }) => [key, size])).toEqual([['a', 1], ['b/1', 4], ['b/2', 6]]);
      const hour = 3_600_000;
      for (const { modified } of entries) expect(Math.abs(modified - Date.now())).toBeLessThan(hour);
      expect((await store.entries('b/')).map(({ key }) => key)).toEqual(['b/1', 'b/2']);
      expect(await store.entries('c/')).toEqual([]);
    });

    it('forgets what is removed, with all that it replaced, and lets it be made again', async () => {
      const store = await subject.open();
      const first = await store.replace('pointer', bytes('1'), null);
      const second = await store.replace('pointer', bytes('2'), first ?? null);
      await store.replace('pointer', bytes('3'), second ?? null);
      await store.create('pointer-2', bytes('stays'));
      await store.remove('pointer');
      await store.remove('pointer');
      expect(await store.read('pointer')).toBeUndefined();
      expect(await store.list('')).toEqual(['pointer-2']);
      expect(await store.replace('pointer', bytes('late'), first ?? null)).toBeUndefined();
      expect(await store.create('pointer', bytes('new'))).toBe('created');
      expect(text((await store.read('pointer'))?.body)).toBe('new');
      await expect(async () => store.remove('../outside')).rejects.toMatchObject({ code: 'input-invalid' });
    });

    it('keeps a file of 20 MB whole, and lets one of several concurrent creators win', async () => {
      const store = await subject.open();
      const folder = await mkdtemp(join(tmpdir(), 'contract-'));
      try {
        const paths = [1, 2, 3].map((seed) => join(folder, String(seed)));
        for (const [index, path] of paths.entries()) await writeFile(path, Buffer.alloc(20_000_000 + index, `large ${index}`));
        const answers = await Promise.all(paths.map((path) => store.createFromFile('large', path)));
        expect([...answers].sort()).toEqual(['created', 'exists', 'exists']);
        const written = await readFile(paths[answers.indexOf('created')] ?? '');
        expect(written.equals(await readFile((await store.localFile('large')) ?? ''))).toBe(true);
        expect(await store.createFromFile('large', paths[0] ?? '')).toBe('exists');
        expect((await store.entries('')).map(({ size }) => size)).toEqual([written.byteLength]);
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    it('lists more keys than fit on a page', async () => {
      const store = await subject.open();
      const keys = Array.from({ length: 1_100 }, (_, index) => `many/${index}`);
      for (let start = 0; start < keys.length; start += 50) await Promise.all(keys.slice(start, start + 50).map((key) => store.create(key, bytes('x'))));
      expect(await store.list('many/')).toEqual([...keys].sort());
      expect(await store.list('many/109')).toEqual(['many/109', ...Array.from({ length: 10 }, (_, index) => `many/109${index}`)].sort());
    });

    it('takes a prefix for the beginning of a key, and no more of it', async () => {
      const store = await subject.open();
      for (const key of ['a=1/x', 'a=10/x', 'a.1/x', 'a_1/x', 'A=1/x', 'a-1/x']) await store.create(key, bytes('x'));
      expect(await store.list('a=1')).toEqual(['a=1/x', 'a=10/x']);
      expect(await store.list('a=1/')).toEqual(['a=1/x']);
      expect(await store.list('a.')).toEqual(['a.1/x']);
      expect(await store.list('=1')).toEqual([]);
      for (const prefix of ['../', '/', 'a//', 'a*', 'a?b']) await expect(async () => store.list(prefix)).rejects.toMatchObject({ code: 'input-invalid' });
    });

    it.each(['', '/etc/passwd', '../outside', 'a/../../b', 'a//b', 'a/.', 'a\\b', 'a b', 'a@1', 'a\0', 'C:/x'])('refuses %j as a key', async (key) => {
      const store = await subject.open();
      await expect(async () => store.create(key, bytes('x'))).rejects.toMatchObject({ code: 'input-invalid' });
      await expect(async () => store.read(key)).rejects.toMatchObject({ code: 'input-invalid' });
      await expect(async () => store.replace(key, bytes('x'), null)).rejects.toMatchObject({ code: 'input-invalid' });
    });
  });
}

/** Adds one, `times` times, by compare-and-swap. */
export async function increment(store: ArtifactStore, key: string, times: number): Promise<void> {
  for (let done = 0; done < times; ) {
    const stored = await store.read(key);
    if (stored === undefined) throw new Error(`${key} is gone`);
    const next = String(Number(text(stored.body)) + 1);
    if ((await store.replace(key, bytes(next), stored.etag)) !== undefined) done += 1;
  }
}
