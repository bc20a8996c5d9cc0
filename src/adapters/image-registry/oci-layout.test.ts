import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { imageRegistryContract } from '../../../test/contract/image-registry.ts';
import { digestOf, hexOf } from '../../artifacts/digest.ts';
import { OciLayoutImageRegistry } from './oci-layout.ts';

const folders: string[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'oci-layout-'));
  folders.push(folder);
  return folder;
}

async function removeFolders(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

const open = (folder: string): OciLayoutImageRegistry => new OciLayoutImageRegistry({ folder, repository: 'localhost/delay-ml' });

imageRegistryContract('oci-layout', { open: async () => open(await newFolder()), close: removeFolders });

describe('OCI image layout', () => {
  afterEach(removeFolders);

  it('is a layout that other tools read: oci-layout and index.json with ref.name annotations', async () => {
    const folder = await newFolder();
    await open(folder).putManifest('model_v1', Buffer.from('{}'));
    expect(JSON.parse(await readFile(join(folder, 'oci-layout'), 'utf8'))).toEqual({ imageLayoutVersion: '1.0.0' });
    expect(JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'))).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [
        {
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          digest: digestOf('{}'),
          size: 2,
          annotations: { 'org.opencontainers.image.ref.name': 'model_v1' },
        },
      ],
    });
  });

  it('lists every tag in index.json after concurrent writers', async () => {
    const folder = await newFolder();
    const tags = Array.from({ length: 12 }, (_, index) => `model_v${index}`);
    await Promise.all(tags.map((tag) => open(folder).putManifest(tag, Buffer.from(`{"tag":"${tag}"}`))));
    const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as { manifests: { annotations: Record<string, string> }[] };
    expect(index.manifests.map((manifest) => manifest.annotations['org.opencontainers.image.ref.name'])).toEqual(tags.sort());
  });

  it('writes index.json again after a crash between tag and index', async () => {
    const folder = await newFolder();
    await open(folder).putManifest('model_v1', Buffer.from('{}'));
    await rm(join(folder, 'index.json'));
    await open(folder).putManifest('model_v1', Buffer.from('{}'));
    expect(await readFile(join(folder, 'index.json'), 'utf8')).toContain('model_v1');
  });

  it('never hands out a blob whose bytes were changed', async () => {
    const folder = await newFolder();
    await open(folder).putBlob(digestOf('good'), Buffer.from('good'));
    await writeFile(join(folder, 'blobs', 'sha256', hexOf(digestOf('good'))), 'evil');
    await expect(open(folder).readBlob(digestOf('good'))).rejects.toMatchObject({ code: 'image-corrupt' });
  });

  it.each(['../evil', 'a/b', '', '.hidden', 'a b'])('refuses the tag %j', async (tag) => {
    const registry = open(await newFolder());
    await expect(registry.putManifest(tag, Buffer.from('{}'))).rejects.toMatchObject({ code: 'input-invalid' });
  });

  it('refuses a digest that is a path', async () => {
    await expect(open(await newFolder()).readBlob('sha256:../../etc/passwd')).rejects.toMatchObject({ code: 'input-invalid' });
  });
});
