import { expect, it } from 'vitest';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import { ArtifactRepository } from '../artifacts/artifact.ts';
import { filesBesideModel } from './files-beside-model.ts';

async function beside(files: Readonly<Record<string, string>>, featureSources?: (trainedUntil: number) => Promise<Record<string, Uint8Array>>) {
  const artifacts = new ArtifactRepository(new MemoryArtifactStore());
  const artifact = await artifacts.write({ kind: 'candidate', files: Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])), parents: {}, metadata: {} });
  const found = await filesBesideModel({ artifacts, artifact, datasetQuery: 'SELECT 1', trainedUntil: 1000, featureSources });
  return Object.fromEntries(Object.entries(found).map(([name, body]) => [name, Buffer.from(body).toString('utf8')]));
}

it('is the query, and the profile where training wrote one', async () => {
  expect(await beside({ 'model.onnx': 'model' })).toEqual({ 'dataset.sql': 'SELECT 1' });
  expect(await beside({ 'model.onnx': 'model', 'profile.json': '{}' })).toEqual({ 'dataset.sql': 'SELECT 1', 'profile.json': '{}' });
});

it('is the sources of online features, too, as they were asked for by the end of the window', async () => {
  expect(await beside({ 'model.onnx': 'model' }, async (until) => ({ 'planes.parquet': Buffer.from(`until ${until}`) }))).toEqual({ 'dataset.sql': 'SELECT 1', 'sources/planes.parquet': 'until 1000' });
});
