import { canonicalJson } from '../artifacts/canonical-json.ts';
import { type Digest, digestOf } from '../artifacts/digest.ts';
import { type LayerDescriptor, mediaTypes } from './oci-schemas.ts';

export interface Platform {
  /** As process.platform says it: linux, darwin, win32. */
  readonly system: string;
  /** As process.arch says it: x64, arm64. */
  readonly architecture: string;
}

export interface ImageLayer extends LayerDescriptor {
  /** The digest of the layer's tar, where the layer is compressed. */
  readonly diffId?: Digest;
}

export interface ImageDraft {
  readonly platform: Platform;
  /** In order, lowest first. One that is uncompressed has its digest for its diff id. */
  readonly layers: readonly ImageLayer[];
  readonly entrypoint: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** user:group, by number, so that a cluster can see that it is not root. */
  readonly user?: string;
}

export interface BuiltImage {
  readonly digest: Digest;
  readonly manifest: Uint8Array;
  readonly config: { readonly digest: Digest; readonly body: Uint8Array };
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
const systems: Readonly<Record<string, string>> = { win32: 'windows' };

/** As OCI says it: amd64. */
export function architectureName({ architecture }: Platform): string {
  return architectures[architecture] ?? architecture;
}

/** As OCI says it: windows. */
export function systemName({ system }: Platform): string {
  return systems[system] ?? system;
}

/** Config and manifest as canonical JSON. No creation time, no history: the same parts give the same digest. */
export function buildImage(draft: ImageDraft): BuiltImage {
  const config = Buffer.from(
    canonicalJson({
      architecture: architectureName(draft.platform),
      os: systemName(draft.platform),
      config: {
        Entrypoint: draft.entrypoint,
        Env: Object.entries(draft.environment)
          .map(([name, value]) => `${name}=${value}`)
          .sort(),
        ExposedPorts: { '8080/tcp': {} },
        ...(draft.user === undefined ? {} : { User: draft.user }),
        WorkingDir: '/app/server',
        Labels: draft.labels,
      },
      rootfs: { type: 'layers', diff_ids: draft.layers.map((layer) => layer.diffId ?? layer.digest) },
    }),
  );
  const configDigest = digestOf(config);
  const manifest = Buffer.from(
    canonicalJson({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: { mediaType: mediaTypes.config, digest: configDigest, size: config.byteLength },
      layers: draft.layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
      annotations: draft.labels,
    }),
  );
  return { digest: digestOf(manifest), manifest, config: { digest: configDigest, body: config } };
}

export function layerDescriptor(body: Uint8Array): LayerDescriptor {
  return { mediaType: mediaTypes.layer, digest: digestOf(body), size: body.byteLength };
}
