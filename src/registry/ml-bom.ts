import { canonicalJson, type Json } from '../artifacts/canonical-json.ts';
import { type Digest, digestOf, hexOf } from '../artifacts/digest.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import type { VersionRecord } from '../ports/model-registry.ts';
import type { CardFacts } from './card-facts.ts';
import { bomLibrary, sha256Of } from './ml-bom-component.ts';
import { bomModelCard } from './ml-bom-model-card.ts';
import type { ServedLibrary } from './served-libraries.ts';

export interface BomParts {
  readonly record: VersionRecord;
  readonly definition: PipelineDefinition;
  readonly facts: CardFacts;
  /** What runs in the image, where the image was packed here. */
  readonly libraries: readonly ServedLibrary[];
  /** The serving base, where it was built elsewhere and taken by digest. */
  readonly base?: Digest;
}

const references = { model: 'model', image: 'image', dataset: 'dataset', base: 'serving-base' } as const;

/**
 * The bill of materials of a version: CycloneDX 1.6 JSON (ECMA-424) with the model, its card, the dataset, the image and every library that
 * runs in it. The same parts give the same bytes.
 */
export function renderMlBom(parts: BomParts): string {
  return `${canonicalJson(mlBom(parts))}\n`;
}

function mlBom(parts: BomParts): Json {
  const { record, libraries, base } = parts;
  const bases: Json[] = base === undefined ? [] : [{ type: 'container', 'bom-ref': references.base, name: 'serving base', version: base, hashes: [sha256Of(base)] }];
  const below = base === undefined ? [] : [references.base];
  const libraryComponents = libraries.map(bomLibrary);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${serialNumber(record)}`,
    version: 1,
    metadata: {
      timestamp: record.registeredAt,
      tools: { components: [{ type: 'application', name: 'taxiway', version: record.codeCommit, hashes: [sha256Of(record.codeDigest)] }] },
      component: modelComponent(parts),
    },
    components: [imageComponent(record), datasetComponent(record), ...bases, ...libraryComponents.map(({ component }) => component)],
    dependencies: [
      { ref: references.dataset },
      { ref: references.image, dependsOn: [references.model, ...below, ...libraryComponents.map(({ reference }) => reference)] },
      { ref: references.model, dependsOn: [references.dataset] },
      ...[...below, ...libraryComponents.map(({ reference }) => reference)].map((reference) => ({ ref: reference })),
    ],
  };
}

function modelComponent({ record, definition, facts }: BomParts): Json {
  const ancestors = record.parents.filter(({ role }) => role === 'warm-start');
  const license = definition['model-card']?.license;
  return {
    type: 'machine-learning-model',
    'bom-ref': references.model,
    name: record.model,
    version: String(record.version),
    description: definition.description,
    hashes: [sha256Of(record.modelDigest)],
    ...(license === undefined ? {} : { licenses: [{ license: { name: license } }] }),
    ...(ancestors.length === 0
      ? {}
      : { pedigree: { ancestors: ancestors.map(({ candidate, version }) => ({ type: 'machine-learning-model', name: record.model, version: version === undefined ? candidate : String(version), properties: [{ name: 'taxiway:candidate', value: candidate }] })) } }),
    externalReferences: [
      { type: 'model-card', url: 'MODEL_CARD.md' },
      ...(record.evidence === undefined ? [] : [{ type: 'attestation', url: record.evidence.key, comment: 'the gate’s signed statement, a key of the store', hashes: [sha256Of(record.evidence.digest)] }]),
    ],
    modelCard: bomModelCard({ record, definition, facts, dataset: references.dataset }),
    properties: properties(record),
  };
}

/** What CycloneDX has no member for. */
function properties(record: VersionRecord): Json {
  const named: Record<string, string> = {
    'taxiway:candidate': record.candidate,
    'taxiway:evaluation': record.evaluation,
    'taxiway:pipeline': record.pipelineDigest,
    'taxiway:threshold': String(record.threshold),
    ...(record.champion === undefined ? {} : { 'taxiway:champion': String(record.champion) }),
    ...Object.fromEntries(Object.entries(record.hyperparameters).map(([name, value]) => [`taxiway:hyperparameter:${name}`, typeof value === 'string' ? value : JSON.stringify(value)])),
    ...Object.fromEntries(Object.entries(record.labels).map(([name, value]) => [`taxiway:label:${name}`, value])),
  };
  return Object.keys(named).sort().map((name) => ({ name, value: named[name] ?? '' }));
}

function imageComponent({ imageRepository, imageTag, imageDigest }: VersionRecord): Json {
  const name = imageRepository.split('/').at(-1) ?? imageRepository;
  return {
    type: 'container',
    'bom-ref': references.image,
    name: imageRepository,
    version: imageTag,
    hashes: [sha256Of(imageDigest)],
    purl: `pkg:oci/${encodeURIComponent(name.toLowerCase())}@${encodeURIComponent(imageDigest)}?repository_url=${encodeURIComponent(imageRepository)}&tag=${imageTag}`,
  };
}

function datasetComponent({ model, dataset, trainingWindow: { fit, calibrate, test } }: VersionRecord): Json {
  const windows = { fit, calibrate, test };
  return {
    type: 'data',
    'bom-ref': references.dataset,
    name: `${model} rows`,
    version: dataset.digest,
    hashes: [sha256Of(dataset.digest)],
    data: [
      {
        type: 'dataset',
        name: `${model} rows`,
        contents: { url: dataset.uri },
        description: Object.entries(windows).map(([name, { from, to }]) => `${name} ${from} to ${to} (exclusive)`).join(', '),
      },
    ],
  };
}

/** A UUID of version 8 (RFC 9562): its bits are those of a digest, so that the same version has the same serial number. */
function serialNumber({ model, version, imageDigest }: VersionRecord): string {
  const hex = hexOf(digestOf(canonicalJson({ model, version, imageDigest } satisfies { model: string; version: number; imageDigest: Digest })));
  const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) % 4] ?? '8';
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}
