import { gzipSync } from 'node:zlib';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MemoryImageRegistry } from '../adapters/image-registry/memory.ts';
import { type Digest, digestOf } from '../artifacts/digest.ts';
import { packLayer } from './pack-layer.ts';
import { packageModel } from './package-model.ts';
import { buildServingBase } from './serving-base.ts';
import { unpackImage } from './unpack-image.ts';

const platform = { system: 'linux', architecture: 'x64' };

interface Changes {
  readonly user?: string;
  readonly entrypoint?: string[];
  readonly architecture?: string;
  readonly mediaType?: string;
  readonly diffId?: Digest;
}

/** As docker buildx makes it: gzip, Docker's media types, an index in front with an attestation. */
async function dockerBase(changes: Changes = {}): Promise<{ registry: MemoryImageRegistry; digest: Digest }> {
  const registry = new MemoryImageRegistry();
  const store = async (content: Uint8Array | object): Promise<{ digest: Digest; size: number }> => {
    const body = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content));
    await registry.putBlob(digestOf(body), body);
    return { digest: digestOf(body), size: body.byteLength };
  };
  const tar = await packLayer([{ path: 'app/server/index.js', content: Buffer.from('service') }, { path: 'usr/local/bin/node', content: Buffer.from('node') }, { path: 'var/lib/dpkg/info/libc6:amd64.list', content: Buffer.from('/.') }]);
  const layer = await store(gzipSync(tar));
  const { user = '10001:10001', entrypoint = ['node', '/app/server/index.js'], architecture = 'amd64' } = changes;
  const config = await store({
    architecture,
    os: 'linux',
    config: { Entrypoint: entrypoint, Env: ['PATH=/usr/local/bin', 'PORT=8080'], User: user, Labels: { 'org.opencontainers.image.revision': 'abc' } },
    rootfs: { type: 'layers', diff_ids: [changes.diffId ?? digestOf(tar)] },
  });
  const manifest = await store({
    schemaVersion: 2,
    config: { mediaType: 'application/vnd.docker.container.image.v1+json', ...config },
    layers: [{ mediaType: changes.mediaType ?? 'application/vnd.docker.image.rootfs.diff.tar.gzip', ...layer }],
  });
  const index = await store({
    schemaVersion: 2,
    manifests: [
      { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digestOf('attestation'), size: 1, platform: { architecture: 'unknown', os: 'unknown' } },
      { mediaType: 'application/vnd.docker.distribution.manifest.v2+json', ...manifest, platform: { architecture: 'amd64', os: 'linux' } },
    ],
  });
  return { registry, digest: index.digest };
}

describe('a serving base that docker buildx made', () => {
  it('carries a model that is unpacked and started like any other', async () => {
    const images = new MemoryImageRegistry();
    const base = await buildServingBase(images, { ...(await dockerBase()), platform });
    const packaged = await packageModel(images, { base, model: Buffer.from('model'), beside: { 'profile.json': Buffer.from('{}'), 'dataset.sql': Buffer.from('select 1') }, version: 1, labels: {} });
    const into = await mkdtemp(join(tmpdir(), 'serving-base-image-'));
    try {
      const { folder, environment, labels, entrypoint } = await unpackImage(images, packaged.digest, { into });
      expect(await readFile(join(folder, 'app/server/index.js'), 'utf8')).toBe('service');
      expect(await readFile(join(folder, 'app/model/dataset.sql'), 'utf8')).toBe('select 1');
      expect(await readFile(join(folder, 'app/model/profile.json'), 'utf8')).toBe('{}');
      // The container's own system stays packed: this machine's Node runs the service.
      await expect(readFile(join(folder, 'usr/local/bin/node'))).rejects.toMatchObject({ code: 'ENOENT' });
      expect(environment).toMatchObject({ PORT: '8080', MODEL_DIGEST: packaged.modelDigest });
      expect(labels).toMatchObject({ 'org.opencontainers.image.revision': 'abc', 'org.opencontainers.image.version': 'model_v1' });
      expect(entrypoint[0]).toBe('node');
    } finally {
      await rm(into, { recursive: true, force: true });
    }
  });

  it.each<[string, Changes, string]>([
    ['runs as root', { user: '0:0' }, 'runs as root'],
    ['names no user', { user: '' }, 'runs as root'],
    ['starts a shell', { entrypoint: ['sh', '-c', 'node'] }, 'only node'],
    ['is for another machine', { architecture: 'arm64' }, 'linux/arm64'],
    ['has a layer of another compression', { mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd' }, 'zstd'],
  ])('is refused where it %s', async (_what, changes, says) => {
    const base = { ...(await dockerBase(changes)), platform };
    await expect(buildServingBase(new MemoryImageRegistry(), base)).rejects.toMatchObject({ code: 'serving-base-invalid', message: expect.stringContaining(says) });
  });

  it('is refused where it is not there, or has no image for this machine', async () => {
    const { registry, digest } = await dockerBase();
    await expect(buildServingBase(new MemoryImageRegistry(), { registry: new MemoryImageRegistry(), digest, platform })).rejects.toMatchObject({ message: expect.stringContaining('is not there') });
    const arm = { system: 'linux', architecture: 'arm64' };
    await expect(buildServingBase(new MemoryImageRegistry(), { registry, digest, platform: arm })).rejects.toMatchObject({ message: expect.stringContaining('linux/arm64') });
  });

  it('is not unpacked where a layer is not, decompressed, what the config says', async () => {
    const images = new MemoryImageRegistry();
    const base = await buildServingBase(images, { ...(await dockerBase({ diffId: digestOf('other') })), platform });
    const { digest } = await packageModel(images, { base, model: Buffer.from('model'), version: 1, labels: {} });
    await expect(unpackImage(images, digest, { into: join(tmpdir(), 'serving-base-image-never') })).rejects.toMatchObject({ code: 'image-invalid' });
  });

  it('takes no file beside the model whose name leads elsewhere', async () => {
    const images = new MemoryImageRegistry();
    const base = await buildServingBase(images, { ...(await dockerBase()), platform });
    for (const name of ['../server/index.js', 'model.onnx', '/etc/passwd']) {
      await expect(packageModel(images, { base, model: Buffer.from('m'), beside: { [name]: Buffer.from('x') }, version: 1, labels: {} })).rejects.toThrow('no name');
    }
  });
});
