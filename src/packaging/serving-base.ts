import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../artifacts/canonical-json.ts';
import { digestOf, hexOf } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import type { ImageRegistry } from '../ports/image-registry.ts';
import { buildImage, type ImageLayer, layerDescriptor, type Platform } from './image.ts';
import { type LayerFile, readLayerFiles } from './layer-file.ts';
import { imageManifestSchema } from './oci-schemas.ts';
import { packLayer } from './pack-layer.ts';
import { type ServingBaseImage, takeServingBase } from './serving-base-image.ts';
import { packSystemLayer, type SystemFiles, systemEnvironment, systemUser } from './system-layer.ts';

export interface ServingBaseInputs {
  /** The bundled service: index.js and package.json. */
  readonly serverBundle: string;
  /** Module folders that the bundle loads at run time: node_modules/onnxruntime-node, node_modules/onnxruntime-common. */
  readonly nativeModules: readonly string[];
  /** Module folders that only online features load (DuckDB), in a layer of their own: a pipeline without them does without 70 MB. */
  readonly featureModules?: readonly string[];
  readonly platform: Platform;
  /** Node and what it needs, so that a container can run the image. Without it, only this machine can. */
  readonly system?: () => Promise<SystemFiles>;
  /** Variables of every image on this base. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What every image of a model starts from. */
export interface ServingBase {
  readonly layers: readonly ImageLayer[];
  readonly platform: Platform;
  readonly entrypoint: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly user?: string;
  /** What the base is and where it comes from, for the labels of every image on it. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Parts to pack, or an image that has them. */
export type ServingBaseSource = ServingBaseInputs | ServingBaseImage;

const moduleManifest = z.object({ name: z.string().regex(/^(@[a-z0-9-]+\/)?[a-z0-9._-]+$/) });
const entrypoint = ['node', '/app/server/index.js'];

/**
 * Packs the system and the service into a layer each and stores them as an image of its own, tagged by the digest of its inputs:
 * the next model with the same service reuses the layers without packing them.
 * A base that was built elsewhere is taken as it is.
 * @throws UserError serving-bundle-missing, serving-system-missing, serving-base-invalid
 */
export async function buildServingBase(images: ImageRegistry, inputs: ServingBaseSource): Promise<ServingBase> {
  if ('registry' in inputs) return takeServingBase(images, inputs);
  const files = await collectFiles(inputs);
  const features = await collectModules(inputs.featureModules ?? [], inputs.platform);
  const system = await inputs.system?.();
  const environment = { ORT_DISABLE_TELEMETRY: '1', ...(system === undefined ? {} : systemEnvironment), ...inputs.environment };
  const parts = [...(system?.files ?? []), ...features, ...files].map((file) => ({ path: file.path, sha256: digestOf(file.content) }));
  const tag = `serving-base-${hexOf(digestOf(canonicalJson({ parts, environment, platform: { ...inputs.platform } }))).slice(0, 32)}`;
  const layers = (await cachedLayers(images, tag)) ?? [
    ...(system === undefined ? [] : [await storeLayer(images, await packSystemLayer(system))]),
    // Below the service, which changes more often.
    ...(features.length === 0 ? [] : [await storeLayer(images, await packLayer(features))]),
    await storeLayer(images, await packLayer(files)),
  ];
  const base = { layers, platform: inputs.platform, entrypoint, environment, ...(system === undefined ? {} : { user: systemUser }) };
  const image = buildImage({ ...base, labels: {} });
  await images.putBlob(image.config.digest, image.config.body);
  await images.putManifest(tag, image.manifest);
  // Not where it lies: the same parts give the same image in every registry.
  return { ...base, labels: { 'org.opencontainers.image.base.digest': image.digest } };
}

async function cachedLayers(images: ImageRegistry, tag: string): Promise<readonly ImageLayer[] | undefined> {
  const digest = await images.resolveTag(tag);
  const manifest = digest === undefined ? undefined : await images.readBlob(digest);
  if (manifest === undefined) return undefined;
  const { layers } = imageManifestSchema.parse(JSON.parse(Buffer.from(manifest).toString('utf8')));
  const present = await Promise.all(layers.map((layer) => images.hasBlob(layer.digest)));
  return present.every(Boolean) ? layers : undefined;
}

async function storeLayer(images: ImageRegistry, body: Uint8Array): Promise<ImageLayer> {
  const descriptor = layerDescriptor(body);
  await images.putBlob(descriptor.digest, body);
  return descriptor;
}

async function collectFiles(inputs: ServingBaseInputs): Promise<LayerFile[]> {
  const bundle = await readOrExplain(inputs.serverBundle, () =>
    readLayerFiles({ folder: inputs.serverBundle, into: 'app/server', selects: (path) => !path.endsWith('.map') }),
  );
  if (!bundle.some((file) => file.path === 'app/server/index.js')) throw missing(join(inputs.serverBundle, 'index.js'));
  return [...bundle, ...(await collectModules(inputs.nativeModules, inputs.platform))];
}

async function collectModules(folders: readonly string[], platform: Platform): Promise<LayerFile[]> {
  const modules: LayerFile[] = [];
  for (const folder of folders) {
    const name = await moduleName(folder);
    const selects = (path: string): boolean => isNeededAtRunTime(path, platform);
    modules.push(...(await readOrExplain(folder, () => readLayerFiles({ folder, into: `app/server/node_modules/${name}`, selects }))));
  }
  return modules;
}

const native = /^bin\/[^/]+\/([^/]+)\/([^/]+)\//;
const needed = /\.(c?js|mjs|json|node|so|so\.[0-9.]+|dylib|dll)$|(^|\/)licen[cs]e|notices?(\.txt)?$/i;

/** Code, native libraries of the platform and licences; not types, sources, install scripts or GPU providers. */
export function isNeededAtRunTime(path: string, platform: Platform): boolean {
  if (path.startsWith('script/') || /providers_(cuda|tensorrt)/.test(basename(path))) return false;
  const binary = native.exec(path);
  if (binary !== null && (binary[1] !== platform.system || binary[2] !== platform.architecture)) return false;
  return needed.test(path);
}

/** The programs and libraries among a base's native modules. */
export async function nativeFiles(folders: readonly string[], platform: Platform): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    const paths = await readOrExplain(folder, () => readdir(folder, { recursive: true }));
    found.push(...paths.filter((path) => /\.(node|so[0-9.]*)$/.test(path) && isNeededAtRunTime(path, platform)).map((path) => join(folder, path)));
  }
  return found.sort();
}

async function moduleName(folder: string): Promise<string> {
  const text = await readOrExplain(folder, () => readFile(join(folder, 'package.json'), 'utf8'));
  return moduleManifest.parse(JSON.parse(text)).name;
}

async function readOrExplain<T>(folder: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw missing(folder, cause);
  }
}

function missing(path: string, cause?: unknown): UserError {
  return new UserError('serving-bundle-missing', `${path} cannot be read; an image needs the bundled service and its native modules`, {
    hint: 'Run npm ci, and build the service with npm run build.',
    cause,
  });
}
