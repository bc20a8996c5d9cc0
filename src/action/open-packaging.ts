import { join } from 'node:path';
import { readTrustedKeys } from '../gate/trusted-keys.ts';
import type { TrustedKey } from '../gate/evidence.ts';
import type { GoldenCheck } from '../packaging/golden-check.ts';
import { askImage } from '../packaging/ask-image.ts';
import type { ServingBaseInputs } from '../packaging/serving-base.ts';
import type { ImageRegistry } from '../ports/image-registry.ts';
import type { Edge } from './compose.ts';

/** The service's bundle of this checkout with the native modules it loads, for the platform of this machine. */
export function openServingBase(edge: Edge): ServingBaseInputs {
  return {
    serverBundle: join(edge.home, 'serving/dist'),
    nativeModules: edge.native.packageFolders('onnxruntime-node', 'onnxruntime-common'),
    platform: { system: process.platform, architecture: process.arch },
  };
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
