/** OCI images, always referred to by digest. `oci-layout` is a folder; `ecr` and any OCI registry speak the distribution API. */
export interface ImageRegistry {
  /** As written in manifests, e.g. localhost/delay-ml or 123.dkr.ecr.eu-west-1.amazonaws.com/delay-ml. */
  readonly repository: string;
  /** Of layers and configs; manifests are asked for by readBlob. */
  hasBlob(digest: string): Promise<boolean>;
  /** Verifies the bytes against the digest. */
  putBlob(digest: string, source: Uint8Array | { readonly path: string }): Promise<void>;
  /** The bytes of a layer, config or manifest, verified; undefined where absent. */
  readBlob(digest: string): Promise<Uint8Array | undefined>;
  /**
   * Takes a blob over from another repository of the same registry, without its bytes going through here. False where that cannot be: read
   * and put it then. @param from as `repository` is written
   */
  mountBlob(digest: string, from: string): Promise<boolean>;
  /** Stores a manifest whose blobs are there, named by its digest alone; readBlob reads it. */
  storeManifest(manifest: Uint8Array): Promise<string>;
  /** Stores a manifest and points the tag at it. An existing tag that points elsewhere is refused: tags are immutable. */
  putManifest(tag: string, manifest: Uint8Array): Promise<string>;
  resolveTag(tag: string): Promise<string | undefined>;
}
