import type { z } from 'zod';
import { canonicalJson, type Json } from '../artifacts/canonical-json.ts';
import { UserError } from '../errors.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import { openRecord, sealRecord } from '../registry/sealed-record.ts';
import { studyKeys, trialPartOfKey } from './study-keys.ts';
import { claimSchema, type EpochReport, epochReportSchema, type StudyRecord, studyRecordSchema, type Trial, type TrialClaim, type TrialEnd, trialEndSchema } from './study-records.ts';

/**
 * A study in the artefact store. Every record is created once and never changed, so any number of workers may write, and each may die at
 * any moment: who creates a claim runs the trial, and who creates its end decides it.
 */
export class Study {
  readonly record: StudyRecord;
  private readonly store: ArtifactStore;
  private readonly keys: ReturnType<typeof studyKeys>;
  /** Records never change: each is read once. */
  private readonly known = new Map<string, TrialClaim | EpochReport | TrialEnd>();

  private constructor(store: ArtifactStore, record: StudyRecord) {
    this.store = store;
    this.record = record;
    this.keys = studyKeys(record.pipeline, record.study);
  }

  /** Begins the study, or joins it. @throws UserError study-mismatch where it is about something else, study-corrupt */
  static async join(store: ArtifactStore, record: StudyRecord): Promise<Study> {
    const key = studyKeys(record.pipeline, record.study).study;
    await store.create(key, sealRecord(asJson(record)));
    // What is there counts, whoever wrote it, and whether or not the answer came back.
    const study = await Study.find(store, record);
    if (study === undefined) throw new UserError('store-unavailable', `${store.uri}/${key} was written and is not there`, { hint: 'Another run may have pruned the store. Try again.' });
    demandSame(study.record, record);
    return study;
  }

  /** The study of that name; undefined where there is none. @throws UserError study-corrupt */
  static async find(store: ArtifactStore, { pipeline, study }: Pick<StudyRecord, 'pipeline' | 'study'>): Promise<Study | undefined> {
    const record = await readSealed(store, studyKeys(pipeline, study).study, studyRecordSchema);
    return record === undefined ? undefined : new Study(store, record);
  }

  /** Where the study lies in the store. */
  get key(): string {
    return this.keys.root;
  }

  /** All trials there are, by number. @throws UserError study-corrupt */
  async trials(): Promise<Trial[]> {
    const trials = new Map<number, { number: number; claims: TrialClaim[]; attempts: AttemptReport[]; end: TrialEnd | undefined }>();
    for (const key of await this.store.list(this.keys.trials)) {
      const part = trialPartOfKey(key);
      if (part === undefined) continue;
      const trial = trials.get(part.number) ?? { number: part.number, claims: [], attempts: [], end: undefined };
      trials.set(part.number, trial);
      if (part.kind === 'claim') trial.claims.push(await this.recordAt(key, claimSchema));
      else if (part.kind === 'epoch') trial.attempts.push({ attempt: part.attempt, report: await this.recordAt(key, epochReportSchema) });
      else trial.end = await this.recordAt(key, trialEndSchema);
    }
    return [...trials.values()]
      .sort((a, b) => a.number - b.number)
      .map(({ number, claims, attempts, end }) => {
        claims.sort((a, b) => a.attempt - b.attempt);
        attempts.sort((a, b) => a.report.epoch - b.report.epoch || a.attempt - b.attempt);
        const reports = attempts.map(({ report }) => report).filter(({ epoch }, index, all) => all[index - 1]?.epoch !== epoch);
        const last = claims.at(-1);
        const ofLast = attempts.filter(({ attempt }) => attempt === last?.attempt).map(({ report }) => report);
        const heard = Math.max(...[...(last === undefined ? [] : [last]), ...ofLast].map(({ at }) => Date.parse(at)));
        return { number, claims, reports, heard, end };
      });
  }

  /** Whether the trial is now the claimant's: of many who ask for one attempt, one gets it. */
  async claim(claim: TrialClaim): Promise<boolean> {
    return (await this.store.create(this.keys.claim(claim.trial, claim.attempt), sealRecord(asJson(claim)))) === 'created';
  }

  /** Each attempt has reports of its own: they are what says that its worker lives. */
  async report({ trial, attempt }: Pick<TrialClaim, 'trial' | 'attempt'>, report: EpochReport): Promise<void> {
    await this.store.create(this.keys.epoch(trial, { attempt, epoch: report.epoch }), sealRecord(asJson(report)));
  }

  /** The first end counts. */
  async end(trial: number, end: TrialEnd): Promise<void> {
    await this.store.create(this.keys.end(trial), sealRecord(asJson(end)));
  }

  private async recordAt<T extends TrialClaim | EpochReport | TrialEnd>(key: string, schema: z.ZodType<T>): Promise<T> {
    const known = this.known.get(key);
    // What is kept under a key was parsed by the schema of that key.
    if (known !== undefined) return known as T;
    const record = await readSealed(this.store, key, schema);
    if (record === undefined) throw new UserError('study-corrupt', `${this.store.uri}/${key} was listed and is gone`, { hint: 'A study’s records are never deleted one by one. Restore it from a backup, or begin a new study.' });
    this.known.set(key, record);
    return record;
  }
}

interface AttemptReport {
  readonly attempt: number;
  readonly report: EpochReport;
}

async function readSealed<T>(store: ArtifactStore, key: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const stored = await store.read(key);
  if (stored === undefined) return undefined;
  try {
    return openRecord(stored.body, schema, `${store.uri}/${key}`);
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    throw new UserError('study-corrupt', cause.message, { hint: 'Records of a study are written once and never change. Restore the file from a backup, or begin a new study.', cause });
  }
}

/** What must be equal for two workers to be at the same study, in words; whoever began it may have had another comment in the pipeline file. */
const compared = { dataset: 'dataset', basis: 'basis', seed: 'seed', objective: 'objective', sampler: 'sampler', pruner: 'pruner', space: 'search space' } as const satisfies Partial<Record<keyof StudyRecord, string>>;

/** Of what the basis is made. Older studies did not record its parts. */
const basisParts = { features: 'features', training: 'training section', data: 'dataset query or label', scored: 'scored rows', window: 'training window' } as const satisfies Record<keyof NonNullable<StudyRecord['basisParts']>, string>;

function demandSame(found: StudyRecord, asked: StudyRecord): void {
  const different = keysOf(compared).filter((part) => !same(found[part], asked[part]));
  if (different.length === 0) return;
  const names = different.flatMap((part) => (part === 'basis' ? basisDifferences(found, asked) : [compared[part]]));
  throw new UserError('study-mismatch', `the study ${asked.study} of ${asked.pipeline} was begun differently; what differs: ${names.join(', ')}`, {
    hint: 'Give the study another name. To let it learn from the old one, list that under tuning.warm-start.',
  });
}

function basisDifferences(found: StudyRecord, asked: StudyRecord): string[] {
  const [old, present] = [found.basisParts, asked.basisParts];
  const named = old === undefined || present === undefined ? [] : keysOf(basisParts).filter((part) => old[part] !== present[part]);
  return named.length === 0 ? ['the features, the training section, the training window or the dataset query'] : named.map((part) => basisParts[part]);
}

function keysOf<Key extends string>(names: Readonly<Record<Key, string>>): Key[] {
  return Object.keys(names) as Key[];
}

function same(left: unknown, right: unknown): boolean {
  return canonicalJson(asJson(left)) === canonicalJson(asJson(right));
}

/** Plain JSON by construction; canonical JSON throws on the NaN that types cannot rule out. */
function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
