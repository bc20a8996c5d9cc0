import { digestOf, hexOf } from '../../src/artifacts/digest.ts';
import type { VersionDraft } from '../../src/ports/model-registry.ts';

/** A draft whose candidate and image are named by `content`. */
export function versionDraft(content: string, overrides: Partial<VersionDraft> = {}): VersionDraft {
  return {
    model: 'flight-delay',
    candidate: digestOf(`candidate ${content}`),
    evaluation: digestOf(`evaluation ${content}`),
    modelDigest: digestOf(`model ${content}`),
    dataset: { uri: 'memory://test/artifacts/clean-snapshot/0.json', digest: digestOf(`dataset ${content}`) },
    pipelineDigest: digestOf('pipeline'),
    codeCommit: '0123456789abcdef0123456789abcdef01234567',
    codeDigest: digestOf('code'),
    imageRepository: 'localhost/delay-ml',
    imageDigest: digestOf(`image ${content}`),
    metrics: { accuracy: { value: 0.9, interval: [0.88, 0.92], sampleSize: 28_000 } },
    threshold: 0.42,
    hyperparameters: { 'batch-size': 1024, seed: 2013 },
    trainingWindow: {
      fit: { from: '2013-01-01', to: '2013-04-01' },
      calibrate: { from: '2013-04-01', to: '2013-05-01' },
      test: { from: '2013-05-01', to: '2013-06-01' },
    },
    champion: undefined,
    parents: [],
    evidence: { key: `evidence/${hexOf(digestOf(`evaluation ${content}`))}.json`, digest: digestOf(`evidence ${content}`) },
    labels: {},
    ...overrides,
  };
}
