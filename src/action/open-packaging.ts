import { join } from 'node:path';
import { collectLinuxSystem } from '../adapters/serving-system/linux.ts';
import { parseDigest } from '../artifacts/digest.ts';
import { readTrustedKeys } from '../gate/trusted-keys.ts';
import type { TrustedKey } from '../gate/evidence.ts';
import type { GoldenCheck } from '../packaging/golden-check.ts';
import { askImage } from '../packaging/ask-image.ts';
import { nativeFiles, type ServingBaseSource } from '../packaging/serving-base.ts';
import type { SystemFiles } from '../packaging/system-layer.ts';
import type { ImageRegistry } from '../ports/image-registry.ts';
import type { Edge } from './compose.ts';
import { type EngineOptions, imageRegistryChoice } from './open-engines.ts';
import { baseRegistryOf } from './open-image-registry.ts';

/**
 * The base that the pipeline names, else the service's bundle of this checkout with the native modules it loads, for the platform of this machine.
 * On Linux, Node and its libraries come below it, unless the image stays in a folder: what runs it from there is this machine's Node.
 */
export function openServingBase(edge: Edge, engines: EngineOptions): ServingBaseSource {
  const platform = { system: process.platform, architecture: process.arch };
  const { base } = edge.context.pipeline.definition.serving;
  if (base !== undefined) {
    const [repository = '', digest = ''] = base.split('@');
    return { digest: parseDigest(digest, 'serving.base'), registry: baseRegistryOf(repository, imageRegistryChoice(engines)), platform };
  }
  const nativeModules = edge.native.packageFolders('onnxruntime-node', 'onnxruntime-common');
  const featureModules = edge.context.pipeline.definition.serving['online-features'] === undefined ? [] : edge.native.packageFolders('@duckdb/node-api', '@duckdb/node-bindings', `@duckdb/node-bindings-${process.platform}-${process.arch}`);
  const system = async (): Promise<SystemFiles> =>
    collectLinuxSystem({ node: process.execPath, native: await nativeFiles([...nativeModules, ...featureModules], platform), architecture: process.arch, commands: edge.commands });
  return { serverBundle: join(edge.home, 'serving/dist'), nativeModules, featureModules, platform, ...(process.platform === 'linux' && engines.section['image-registry'].type !== 'oci-layout' ? { system } : {}) };
}

/** Images are started with the very Node that runs the action. */
export function openGoldenCheck(edge: Edge, images: ImageRegistry): GoldenCheck {
  const { clock, workDirectory } = edge.context;
  return (request) => askImage(request, { images, clock, folder: join(workDirectory, 'image'), nodeProgram: process.execPath });
}

/** The public keys beside pipeline.yaml: only evidence signed by one of them counts. */
export function openTrustedKeys(edge: Edge): Promise<TrustedKey[]> {
  return readTrustedKeys(edge.context.pipeline.folder);
}
