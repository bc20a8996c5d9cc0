import { type Digest, digestOf } from '../artifacts/digest.ts';
import type { ImageRegistry } from '../ports/image-registry.ts';
import { type BuiltImage, buildImage, layerDescriptor } from './image.ts';
import { packLayer } from './pack-layer.ts';
import type { ServingBase } from './serving-base.ts';

export interface ModelPackage {
  readonly base: ServingBase;
  /** The bytes of model.onnx. */
  readonly model: Uint8Array;
  /** What else the service reads beside the model, by name: profile.json (the reference profile), dataset.sql and its static sources. */
  readonly beside?: Readonly<Record<string, Uint8Array>>;
  readonly version: number;
  /** Further variables of the service; a simulated fault comes in here, and is named in the labels. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ModelImage extends BuiltImage {
  readonly modelDigest: Digest;
  readonly modelLayer: { readonly digest: Digest; readonly body: Uint8Array };
}

/** The image of a model, nothing stored yet: the serving base and one layer with the model. The same parts give the same digest. */
export async function buildModelImage(modelPackage: ModelPackage): Promise<ModelImage> {
  const { base, model, version } = modelPackage;
  const modelDigest = digestOf(model);
  const beside = Object.entries(modelPackage.beside ?? {}).map(([name, content]) => ({ path: `app/model/${checkName(name)}`, content }));
  const body = await packLayer([{ path: 'app/model/model.onnx', content: model }, ...beside]);
  const layer = layerDescriptor(body);
  const image = buildImage({
    platform: base.platform,
    layers: [...base.layers, layer],
    entrypoint: base.entrypoint,
    ...(base.user === undefined ? {} : { user: base.user }),
    environment: { ...base.environment, ...modelPackage.environment, MODEL_DIGEST: modelDigest, MODEL_VERSION: String(version) },
    labels: { ...base.labels, ...modelPackage.labels, 'org.opencontainers.image.version': `model_v${version}`, 'dev.taxiway.model-digest': modelDigest },
  });
  return { ...image, modelDigest, modelLayer: { digest: layer.digest, body } };
}

/** Builds and stores the image: one layer and two documents. No tag points to it yet: an image is named only when its version is registered. */
export async function packageModel(images: ImageRegistry, modelPackage: ModelPackage): Promise<ModelImage> {
  const image = await buildModelImage(modelPackage);
  await images.putBlob(image.modelLayer.digest, image.modelLayer.body);
  await images.putBlob(image.config.digest, image.config.body);
  await images.storeManifest(image.manifest);
  return image;
}

/** @throws Error where the name leads out of the folder, or to the model: a mistake of the code that packs */
function checkName(name: string): string {
  if (/^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/i.test(name) && name !== 'model.onnx') return name;
  throw new Error(`no name for a file beside the model: ${name}`);
}
