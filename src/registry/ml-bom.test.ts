import { fileURLToPath } from 'node:url';
import { JsonStrictValidator } from '@cyclonedx/cyclonedx-library/Validation';
import { Version } from '@cyclonedx/cyclonedx-library/Spec';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluationPage } from '../../test/builders/evaluation-page.ts';
import { versionDraft } from '../../test/builders/version-draft.ts';
import { digestOf, hexOf } from '../artifacts/digest.ts';
import { loadPipeline } from '../pipeline/load-pipeline.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import type { VersionRecord } from '../ports/model-registry.ts';
import { parseCardFacts } from './card-facts.ts';
import { renderMlBom } from './ml-bom.ts';
import type { ServedLibrary } from './served-libraries.ts';

const record: VersionRecord = {
  ...versionDraft('a', { champion: 2, parents: [{ role: 'champion', candidate: digestOf('b'), version: 2 }, { role: 'warm-start', candidate: digestOf('c'), version: undefined }], labels: { cause: 'drift', 'a b': 'ü' } }),
  version: 3,
  imageTag: 'model_v3',
  registeredAt: '2013-06-01T00:00:00.000Z',
};
const libraries: readonly ServedLibrary[] = [
  { name: '@fastify/error', version: '4.2.1', license: 'MIT', sha512: 'ab'.repeat(64) },
  { name: 'fastify', version: '5.6.1', license: '(MIT OR Apache-2.0)', sha512: undefined },
  { name: 'odd', version: '1.0.0', license: 'SEE LICENSE IN LICENSE', sha512: undefined },
];
const bare = parseCardFacts({ evaluation: {}, training: {} });
let definition: PipelineDefinition;
beforeAll(async () => {
  definition = (await loadPipeline(fileURLToPath(new URL('../../pipelines/flight-delay/pipeline.yaml', import.meta.url)))).definition;
});

interface Bom {
  readonly serialNumber: string;
  readonly metadata: { readonly component: Record<string, unknown> & { readonly modelCard: { readonly quantitativeAnalysis: { readonly performanceMetrics: readonly unknown[] } } } };
  readonly components: readonly (Record<string, unknown> & { readonly 'bom-ref': string })[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

const bom = (parts: Partial<Parameters<typeof renderMlBom>[0]> = {}): Bom => JSON.parse(renderMlBom({ record, definition, facts: bare, libraries, ...parts })) as Bom;

describe('the bill of materials of a version', () => {
  it('is valid CycloneDX 1.6', async () => {
    const validator = new JsonStrictValidator(Version.v1dot6);
    const { evaluation } = evaluationPage({ text: 'weird <b>|' });
    const { champion: _champion, evidence: _evidence, parents: _parents, ...old } = record;
    const cases: Partial<Parameters<typeof renderMlBom>[0]>[] = [{}, { facts: parseCardFacts({ evaluation, training: {} }) }, { libraries: [], base: digestOf('base') }, { record: { ...old, champion: undefined, evidence: undefined, parents: [] } }];
    for (const parts of cases) expect(await validator.validate(JSON.stringify(bom(parts)))).toBeNull();
    expect(await validator.validate(JSON.stringify({ ...bom(), specVersion: 1.6 }))).not.toBeNull();
  });

  it('has the model with its digest, metrics with intervals, ancestors and evidence', () => {
    const { component } = bom().metadata;
    expect(component).toMatchObject({
      type: 'machine-learning-model',
      name: 'flight-delay',
      version: '3',
      hashes: [{ alg: 'SHA-256', content: hexOf(record.modelDigest) }],
      pedigree: { ancestors: [{ version: digestOf('c') }] },
      externalReferences: [{ type: 'model-card' }, { type: 'attestation', url: record.evidence?.key }],
    });
    expect(component.modelCard.quantitativeAnalysis.performanceMetrics).toEqual([{ type: 'accuracy', value: '0.9', confidenceInterval: { lowerBound: '0.88', upperBound: '0.92' } }]);
  });

  it('has dataset, image and every library, with what depends on what', () => {
    const { components, dependencies } = bom();
    expect(components.map(({ type, 'bom-ref': reference }) => [type, reference])).toEqual([
      ['container', 'image'],
      ['data', 'dataset'],
      ['library', 'pkg:npm/%40fastify/error@4.2.1'],
      ['library', 'pkg:npm/fastify@5.6.1'],
      ['library', 'pkg:npm/odd@1.0.0'],
    ]);
    expect(dependencies.find(({ ref }) => ref === 'image')?.dependsOn).toEqual(['model', 'pkg:npm/%40fastify/error@4.2.1', 'pkg:npm/fastify@5.6.1', 'pkg:npm/odd@1.0.0']);
    const known = new Set(['model', ...components.map(({ 'bom-ref': reference }) => reference)]);
    for (const { ref, dependsOn = [] } of dependencies) for (const named of [ref, ...dependsOn]) expect(known).toContain(named);
  });

  it('names the serving base that was taken by digest', () => {
    const { components, dependencies } = bom({ libraries: [], base: digestOf('base') });
    expect(components.find(({ 'bom-ref': reference }) => reference === 'serving-base')).toMatchObject({ type: 'container', hashes: [{ content: hexOf(digestOf('base')) }] });
    expect(dependencies.find(({ ref }) => ref === 'image')?.dependsOn).toEqual(['model', 'serving-base']);
  });

  it('takes a licence that is no SPDX expression for a name', () => {
    expect(bom().components.slice(2).map(({ licenses }) => licenses)).toEqual([[{ expression: 'MIT' }], [{ expression: '(MIT OR Apache-2.0)' }], [{ license: { name: 'SEE LICENSE IN LICENSE' } }]]);
  });

  it('is the same bytes for the same version, and has another serial number for another', () => {
    expect(renderMlBom({ record: { ...record, labels: { 'a b': 'ü', cause: 'drift' } }, definition, facts: bare, libraries })).toBe(renderMlBom({ record, definition, facts: bare, libraries }));
    expect(bom({ record: { ...record, version: 4 } }).serialNumber).not.toBe(bom().serialNumber);
  });
});
