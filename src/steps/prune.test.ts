import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import { StoreModelRegistry } from '../adapters/model-registry/store.ts';
import { type Artifact, type ArtifactKind, ArtifactRepository } from '../artifacts/artifact.ts';
import { type Digest, hexOf } from '../artifacts/digest.ts';
import { openIncident } from '../drift/incident.ts';
import { tuningSchema } from '../pipeline/schema/tuning.ts';
import { silentLogger } from '../ports/logger.ts';
import { versionDraft } from '../../test/builders/version-draft.ts';
import { keptStudiesOf, prune, type PruneContext, type PruneResult } from './prune.ts';

const day = 86_400_000;
const start = Date.parse('2026-01-01T00:00:00Z');
const retention = { artifacts: 90 * day, logs: 180 * day, cache: 30 * day };

/** A store whose time the test sets, and that can be cut off after some removals. */
class AgingStore extends MemoryArtifactStore {
  time = start;
  removalsLeft = Number.POSITIVE_INFINITY;

  constructor() {
    super(
      ({ operation, phase }) => {
        if (operation !== 'remove' || phase !== 'before') return;
        if (this.removalsLeft <= 0) throw new Error('cut off');
        this.removalsLeft -= 1;
      },
      new Map(),
      () => this.time,
    );
  }
}

function write(store: AgingStore, kind: ArtifactKind, content: { readonly name: string; readonly parents?: Readonly<Record<string, Digest>> }): Promise<Artifact> {
  return new ArtifactRepository(store).write({ kind, files: { 'file.bin': Buffer.from(`${kind} ${content.name}`) }, parents: content.parents ?? {}, metadata: { name: content.name } });
}

function run(store: AgingStore, options: { readonly dryRun?: boolean; readonly keptStudies?: PruneContext['keptStudies'] } = {}): Promise<PruneResult> {
  return prune({ asOf: store.time, dryRun: options.dryRun ?? false }, { store, retention, keptStudies: options.keptStudies ?? [], logger: silentLogger });
}

/** Twice, with the day between that files stay after their manifest. */
async function runOut(store: AgingStore): Promise<void> {
  await run(store);
  store.time += 2 * day;
  await run(store);
}

interface Lineage {
  readonly snapshot: Artifact;
  readonly dataset: Artifact;
  readonly candidate: Artifact;
  readonly evaluation: Artifact;
}

async function lineage(store: AgingStore, name: string): Promise<Lineage> {
  const snapshot = await write(store, 'snapshot', { name });
  const dataset = await write(store, 'clean-snapshot', { name, parents: { snapshot: snapshot.digest } });
  const candidate = await write(store, 'candidate', { name, parents: { dataset: dataset.digest } });
  const evaluation = await write(store, 'evaluation', { name, parents: { dataset: dataset.digest, candidate: candidate.digest } });
  await store.create(`evidence/${hexOf(evaluation.digest)}.json`, Buffer.from('{}'));
  return { snapshot, dataset, candidate, evaluation };
}

async function registerVersion(store: AgingStore, { dataset, candidate, evaluation }: Lineage): Promise<void> {
  const registry = new StoreModelRegistry({ store, model: 'flight-delay', clock: { now: () => store.time, sleep: async () => undefined } });
  await registry.register(versionDraft(candidate.digest, { candidate: candidate.digest, evaluation: evaluation.digest, dataset: { uri: 'memory://test', digest: dataset.digest } }));
}

const keys = (store: AgingStore): string[] => [...store.objects.keys()].sort();

describe('prune', () => {
  it('takes what led to no version once it is old, files and evidence with it, and keeps the lineage of a version', async () => {
    const store = new AgingStore();
    await registerVersion(store, await lineage(store, 'registered'));
    const kept = keys(store);
    await lineage(store, 'refused');
    store.time += 91 * day;
    await runOut(store);
    expect(keys(store)).toEqual(kept);
  });

  it('leaves everything alone before its age', async () => {
    const store = new AgingStore();
    await lineage(store, 'refused');
    const before = keys(store);
    store.time += 87 * day;
    await runOut(store);
    expect(keys(store)).toEqual(before);
  });

  it('leaves an old snapshot that was made again yesterday, by the same commit and from the same rows', async () => {
    const store = new AgingStore();
    const makeAgain = async (): Promise<Artifact> =>
      new ArtifactRepository(store, { commit: 'a'.repeat(40), now: () => store.time }).write({ kind: 'snapshot', files: { 'file.bin': Buffer.from('rows') }, parents: {}, metadata: {} });
    const { digest } = await makeAgain();
    store.time += 200 * day;
    await makeAgain();
    store.time += day;
    await runOut(store);
    await expect(new ArtifactRepository(store).read('snapshot', digest)).resolves.toBeDefined();
    store.time += 91 * day;
    await runOut(store);
    expect(keys(store).filter((key) => key.startsWith('artifacts/'))).toEqual([]);
  });

  it('deletes nothing in a dry run, and says what a run would take and why the rest stays', async () => {
    const store = new AgingStore();
    await registerVersion(store, await lineage(store, 'registered'));
    const refused = await lineage(store, 'refused');
    store.time += 91 * day;
    const before = keys(store);
    const { plan } = await run(store, { dryRun: true });
    expect(keys(store)).toEqual(before);
    expect(plan.manifests.map(({ digest }) => digest)).toEqual([refused.evaluation, refused.candidate, refused.dataset, refused.snapshot].map(({ digest }) => digest));
    expect(plan.kept).toContainEqual({ reason: 'version 1 of flight-delay', artifacts: 4 });
    expect(plan.released).toBe(['snapshot refused', 'clean-snapshot refused', 'candidate refused', 'evaluation refused'].join('').length);
  });

  it('keeps the files of what it takes for one more day, so that a run that is reading can end', async () => {
    const store = new AgingStore();
    const { snapshot } = await lineage(store, 'refused');
    const blob = `blobs/sha256/${hexOf(snapshot.manifest.files['file.bin']?.digest ?? snapshot.digest)}`;
    store.time += 91 * day;
    await run(store);
    expect(store.objects.has(`artifacts/snapshot/${hexOf(snapshot.digest)}.json`)).toBe(false);
    expect(store.objects.has(blob)).toBe(true);
    store.time += 2 * day;
    await run(store);
    expect(store.objects.has(blob)).toBe(false);
  });

  it('puts back what was built on after it had been taken', async () => {
    const store = new AgingStore();
    const { dataset } = await lineage(store, 'old');
    store.time += 91 * day;
    await run(store);
    await write(store, 'candidate', { name: 'new', parents: { dataset: dataset.digest } });
    store.time += 2 * day;
    await run(store);
    const artifacts = new ArtifactRepository(store);
    await expect(artifacts.bytes(await artifacts.read('clean-snapshot', dataset.digest), 'file.bin')).resolves.toEqual(Buffer.from('clean-snapshot old'));
  });

  it('keeps a file that a run has uploaded and not named yet, and takes one that nobody came to name', async () => {
    const store = new AgingStore();
    const blob = `blobs/sha256/${'a'.repeat(64)}`;
    await store.create(blob, Buffer.from('half an artefact'));
    store.time += day / 2;
    await run(store);
    expect(store.objects.has(blob)).toBe(true);
    store.time += day;
    await run(store);
    expect(store.objects.has(blob)).toBe(false);
  });

  it('keeps what came about since an unresolved incident was opened', async () => {
    const store = new AgingStore();
    const challenger = await lineage(store, 'challenger');
    await openIncident(store, {
      model: 'flight-delay',
      environment: 'local',
      openedOn: '2026-01-01',
      version: 1,
      causes: ['psi.departure_delay'],
      state: {
        kind: 'open',
        attempt: 1,
        window: { fit: { from: '2025-01-01', to: '2025-10-01' }, calibrate: { from: '2025-10-01', to: '2025-11-01' }, test: { from: '2025-11-01', to: '2025-12-01' } },
        pullRequest: 7,
      },
    });
    store.time += 200 * day;
    const { plan } = await run(store);
    expect(plan.manifests).toEqual([]);
    expect(plan.kept).toContainEqual({ reason: 'open incident flight-delay-1', artifacts: 4 });
    expect(store.objects.has(`artifacts/candidate/${hexOf(challenger.candidate.digest)}.json`)).toBe(true);
  });

  it('takes a tuning study as a whole, once its youngest record is old, whatever date its name looks like', async () => {
    const store = new AgingStore();
    for (const key of ['study.json', 'trials/000001/claims/1.json', 'trials/000001/end.json']) await store.create(`studies/flight-delay/auto-a29991231b00/${key}`, Buffer.from('{}'));
    store.time += 179 * day;
    await store.create('studies/flight-delay/auto-a29991231b00/trials/000002/claims/1.json', Buffer.from('{}'));
    store.time += 179 * day;
    await run(store);
    expect(keys(store)).toHaveLength(4);
    store.time += 2 * day;
    // Cut after three: what says that the study is there goes last.
    store.removalsLeft = 3;
    await expect(run(store)).rejects.toThrow('cut off');
    expect(keys(store)).toEqual(['studies/flight-delay/auto-a29991231b00/study.json']);
    store.removalsLeft = Number.POSITIVE_INFINITY;
    await run(store);
    expect(keys(store)).toEqual([]);
  });

  it('keeps a tuning study that the pipeline file learns from, of that pipeline alone', async () => {
    const store = new AgingStore();
    for (const study of ['flight-delay/may', 'flight-delay/june', 'other/may']) await store.create(`studies/${study}/study.json`, Buffer.from('{}'));
    store.time += 200 * day;
    const tuning = tuningSchema.parse({ trials: 1, parameters: {}, 'warm-start': ['may'] });
    await run(store, { keptStudies: keptStudiesOf({ name: 'flight-delay', tuning }) });
    expect(keys(store)).toEqual(['studies/flight-delay/may/study.json']);
  });

  it('keeps a tuning study for as long as the store has a candidate that was tuned with it', async () => {
    const store = new AgingStore();
    const tune = async (study: string): Promise<Lineage> => {
      await store.create(`studies/flight-delay/${study}/study.json`, Buffer.from('{}'));
      const { snapshot, dataset, evaluation } = await lineage(store, study);
      const candidate = await new ArtifactRepository(store).write({ kind: 'candidate', files: {}, parents: { dataset: dataset.digest }, metadata: { tuned: { study, trial: 3 } } });
      return { snapshot, dataset, candidate, evaluation };
    };
    await registerVersion(store, await tune('registered'));
    await tune('refused');
    store.time += 200 * day;
    for (let runs = 0; runs < 3; runs += 1) {
      await run(store);
      store.time += 2 * day;
    }
    expect(keys(store).filter((key) => key.startsWith('studies/'))).toEqual(['studies/flight-delay/registered/study.json']);
  });

  it('leaves a tuning study that a worker joins, or a candidate is tuned with, while it runs', async () => {
    for (const meanwhile of ['joined', 'named']) {
      const store = new AgingStore();
      const study = ['studies/flight-delay/may/study.json', 'studies/flight-delay/may/trials/000001/end.json'];
      for (const key of study) await store.create(key, Buffer.from('{}'));
      await store.create('predictions/local/2025-12-31/pod-1.jsonl', Buffer.from('{}'));
      store.time += 200 * day;
      const remove = store.remove.bind(store);
      store.remove = async (key) => {
        // A log goes before any study does.
        if (key.startsWith('predictions/') && meanwhile === 'joined') await store.create('studies/flight-delay/may/trials/000002/claims/1.json', Buffer.from('{}'));
        if (key.startsWith('predictions/') && meanwhile === 'named') await new ArtifactRepository(store).write({ kind: 'candidate', files: {}, parents: {}, metadata: { tuned: { study: 'may', trial: 1 } } });
        await remove(key);
      };
      const { plan } = await run(store);
      expect(plan.studies).toEqual([]);
      expect(keys(store), meanwhile).toEqual(expect.arrayContaining(study));
      expect(keys(store)).not.toContain('predictions/local/2025-12-31/pod-1.jsonl');
    }
  });

  it('takes logs, cached answers and checkpoints by their age, and never the registry, incidents, decisions on test rows or what is live', async () => {
    const store = new AgingStore();
    const taken = ['predictions/local/2025-12-31/pod-1.jsonl', 'drift/flight-delay/local/2025-12-31.json', 'validations/flight-delay/20251231T000000Z-0123456789ab.json', 'cache/open-meteo/1.json', 'checkpoints/0.bin'];
    const stays = ['registry/flight-delay/live/local.json', 'registry/flight-delay/history/local/000000001.json', 'registry/flight-delay/quarantine/0.json', 'holdout/flight-delay/0/1.json', 'predictions/local/2026-07-01/pod-1.jsonl'];
    for (const key of [...taken, ...stays]) await store.create(key, Buffer.from('{}'));
    store.time += 181 * day;
    await run(store);
    expect(keys(store)).toEqual([...stays].sort());
  });

  it('deletes nothing where a manifest cannot be read: it may name any file', async () => {
    const store = new AgingStore();
    await lineage(store, 'refused');
    await store.create(`artifacts/snapshot/${'b'.repeat(64)}.json`, Buffer.from('{"cut'));
    store.time += 91 * day;
    const before = keys(store);
    await expect(run(store)).rejects.toMatchObject({ code: 'artifact-corrupt' });
    expect(keys(store)).toEqual(before);
  });

  it('deletes nothing where a version record cannot be read: it may name any artefact', async () => {
    const store = new AgingStore();
    await registerVersion(store, await lineage(store, 'registered'));
    store.objects.set('registry/flight-delay/versions/000001.json', Buffer.from('{}'));
    store.time += 91 * day;
    const before = keys(store);
    await expect(run(store)).rejects.toMatchObject({ code: 'registry-corrupt' });
    expect(keys(store)).toEqual(before);
  });
});

interface Node {
  readonly age: number;
  readonly parents: readonly number[];
  readonly registered: boolean;
  readonly sharedFile: boolean;
}

const nodeArbitrary: fc.Arbitrary<Node> = fc.record({
  // Nothing comes of age in the two days between the runs.
  age: fc.oneof(fc.integer({ min: 0, max: 87 }), fc.integer({ min: 91, max: 200 })), parents: fc.array(fc.nat(30), { maxLength: 3 }), registered: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0), sharedFile: fc.boolean() });
const graphArbitrary = fc.array(nodeArbitrary, { minLength: 1, maxLength: 12 });

/** Artefacts of any age and descent; some files are shared between artefacts, as snapshots share unchanged months. */
async function buildStore(nodes: readonly Node[]): Promise<{ store: AgingStore; keep: Set<string>; all: Set<string> }> {
  const store = new AgingStore();
  const built: { artifact: Artifact; parents: number[]; root: boolean }[] = [];
  for (const [index, node] of nodes.entries()) {
    store.time = start - node.age * day;
    const parents = [...new Set(node.parents.filter((parent) => parent < index))];
    const artifact = await new ArtifactRepository(store).write({
      kind: 'snapshot',
      files: { own: Buffer.from(`own ${index}`), ...(node.sharedFile ? { shared: Buffer.from('shared') } : {}) },
      parents: Object.fromEntries(parents.map((parent) => [`parent-${parent}`, built[parent]?.artifact.digest]).filter((entry): entry is [string, Digest] => entry[1] !== undefined)),
      metadata: { index },
    });
    built.push({ artifact, parents, root: node.registered || node.age <= 90 });
    store.time = start;
    if (node.registered) await registerVersion(store, { snapshot: artifact, dataset: artifact, candidate: artifact, evaluation: artifact });
  }
  const stays = new Set<number>();
  const visit = (index: number): void => {
    if (stays.has(index)) return;
    stays.add(index);
    built[index]?.parents.forEach(visit);
  };
  built.forEach(({ root }, index) => root && visit(index));
  const keysOf = ({ artifact }: { artifact: Artifact }): string[] => [`artifacts/snapshot/${hexOf(artifact.digest)}.json`, ...Object.values(artifact.manifest.files).map(({ digest }) => `blobs/sha256/${hexOf(digest)}`)];
  return { store, keep: new Set(built.filter((_, index) => stays.has(index)).flatMap(keysOf)), all: new Set(built.flatMap(keysOf)) };
}

const left = (store: AgingStore, all: ReadonlySet<string>): string[] => keys(store).filter((key) => all.has(key));

describe('prune, whatever the store holds', () => {
  it('keeps exactly what is young or that something young or registered was made from', async () => {
    await fc.assert(
      fc.asyncProperty(graphArbitrary, async (nodes) => {
        const { store, keep, all } = await buildStore(nodes);
        await run(store);
        store.time += 2 * day;
        await run(store);
        expect(left(store, all)).toEqual([...keep].sort());
        expect(keys(store).filter((key) => key.startsWith('withdrawn/'))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('does nothing the second time, and cut after any removal the next run ends where a whole run would', async () => {
    await fc.assert(
      fc.asyncProperty(graphArbitrary, fc.nat(40), async (nodes, cut) => {
        const whole = await buildStore(nodes);
        await run(whole.store);
        const once = keys(whole.store);
        await run(whole.store);
        expect(keys(whole.store)).toEqual(once);

        const broken = await buildStore(nodes);
        broken.store.removalsLeft = cut;
        await run(broken.store).catch(() => undefined);
        // What is left is whole: every manifest has its files and its parents.
        const manifests = keys(broken.store).filter((key) => key.startsWith('artifacts/'));
        for (const key of manifests) {
          const manifest = JSON.parse(Buffer.from(broken.store.objects.get(key) ?? '').toString('utf8')) as Artifact['manifest'];
          for (const { digest } of Object.values(manifest.files)) expect(broken.store.objects.has(`blobs/sha256/${hexOf(digest)}`)).toBe(true);
          for (const parent of Object.values(manifest.parents)) expect(manifests).toContain(`artifacts/snapshot/${hexOf(parent)}.json`);
        }
        broken.store.removalsLeft = Number.POSITIVE_INFINITY;
        await run(broken.store);
        expect(keys(broken.store)).toEqual(once);
      }),
      { numRuns: 60 },
    );
  });
});
