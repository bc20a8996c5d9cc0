import { UserError } from '../errors.ts';
import { type OperatingPointRecord, operatingPointRecordSchema } from '../operating-point/operating-point-record.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { ModelRegistry } from '../ports/model-registry.ts';
import { corrupt, openRecord, sealRecord } from './sealed-record.ts';

export interface OperatingPointsOptions {
  readonly store: ArtifactStore;
  /** Name of the pipeline. */
  readonly model: string;
  /** Says which model a version is. */
  readonly registry: Pick<ModelRegistry, 'version'>;
}

/**
 * How the versions of a model decided, from when on: one sealed record per change, created once and never changed, numbered in the order they came.
 * Which of them a service uses is said by the GitOps repository; every answer and every line of the prediction log names the id.
 */
export class OperatingPoints {
  private readonly store: ArtifactStore;
  private readonly model: string;
  private readonly registry: OperatingPointsOptions['registry'];
  private readonly prefix: string;

  constructor({ store, model, registry }: OperatingPointsOptions) {
    this.store = store;
    this.model = model;
    this.registry = registry;
    this.prefix = `registry/${model}/operating-points/`;
  }

  /**
   * Appends a record. The same record again changes nothing, so a run that was cut may simply run again.
   * @returns its position, from 1
   * @throws UserError version-missing; input-invalid: bound to another model than that version's, or older than what its version has already; registry-corrupt
   */
  async append(record: OperatingPointRecord): Promise<number> {
    await this.checkModel(record);
    const known = await this.all();
    const already = known.findIndex(({ id }) => id === record.id);
    if (already >= 0) return already + 1;
    const latest = known.findLast(({ model }) => model.version === record.model.version);
    if (latest !== undefined && Date.parse(latest.createdAt) > Date.parse(record.createdAt)) {
      throw new UserError('input-invalid', `the operating point of ${record.createdAt} comes after that of ${latest.createdAt} for version ${record.model.version} of ${this.model}`, {
        hint: 'History is read by date: choose the operating point again, from what is known now.',
      });
    }
    const position = known.length + 1;
    const written = await this.store.create(this.keyOf(position), sealRecord(record));
    // Somebody else took the number, or our own first answer was lost: look again.
    return written === 'created' ? position : this.append(record);
  }

  /** Every record, oldest first. @throws UserError registry-corrupt */
  async all(): Promise<readonly OperatingPointRecord[]> {
    const keys = await this.store.list(this.prefix);
    return Promise.all(
      keys.map(async (key, index) => {
        const where = `${this.store.uri}/${key}`;
        const stored = await this.store.read(key);
        if (stored === undefined || key !== this.keyOf(index + 1)) throw corrupt(where, 'is missing, or does not follow the record before it');
        const record = openRecord(stored.body, operatingPointRecordSchema, where);
        if (record.model.name !== this.model) throw corrupt(where, `belongs to ${record.model.name}`);
        return record;
      }),
    );
  }

  /**
   * What was in force for a version at a moment; undefined: the threshold that training chose.
   * @param at milliseconds since the Unix epoch
   * @throws UserError registry-corrupt
   */
  async at(version: number, at: number): Promise<OperatingPointRecord | undefined> {
    return operatingPointAt(await this.all(), { version, at });
  }

  private keyOf(position: number): string {
    return `${this.prefix}${String(position).padStart(9, '0')}.json`;
  }

  private async checkModel({ model }: OperatingPointRecord): Promise<void> {
    const version = model.name === this.model ? await this.registry.version(model.version) : undefined;
    if (version === undefined) {
      throw new UserError('version-missing', `the operating point is bound to version ${model.version} of ${model.name}, which the registry of ${this.model} does not have`, {
        hint: 'Register the version first: an operating point belongs to the scores of one model.',
      });
    }
    if (version.modelDigest === model.digest) return;
    throw new UserError('input-invalid', `the operating point is bound to the model ${model.digest}, but version ${model.version} of ${model.name} is ${version.modelDigest}`, {
      hint: 'Choose the operating point from the scores of that version.',
    });
  }
}

/** The last record of a version that was made at or before a moment. */
export function operatingPointAt(points: readonly OperatingPointRecord[], { version, at }: { readonly version: number; readonly at: number }): OperatingPointRecord | undefined {
  return points.findLast(({ model, createdAt }) => model.version === version && Date.parse(createdAt) <= at);
}
