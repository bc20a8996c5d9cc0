import { hexOf } from '../artifacts/digest.ts';
import type { MirrorContent, MirroredFile, MirroredVersion } from '../ports/model-mirror.ts';
import type { LiveEvent, QuarantineEntry, VersionRecord } from '../ports/model-registry.ts';
import { formatEstimate } from '../report/format-number.ts';

/** What the registry holds at one moment, as far as a mirror shows it. */
export interface RegistryContent {
  readonly model: string;
  readonly description: string;
  readonly store: string;
  readonly versions: readonly VersionRecord[];
  /** By environment: every promotion and rollback, oldest first. */
  readonly histories: Readonly<Record<string, readonly LiveEvent[]>>;
  /** The environment whose live version is the champion. */
  readonly championOf: string;
  readonly challenger: number | undefined;
  readonly quarantines: readonly QuarantineEntry[];
  /** By version number, then by path. */
  readonly files: ReadonlyMap<number, Readonly<Record<string, MirroredFile>>>;
  readonly notes?: readonly string[];
}

type Status = 'live' | 'quarantined' | 'challenger' | 'retired' | 'registered';

/** What a mirror must show: follows from the registry alone, so that every mirror of it looks the same, whenever it is made. */
export function mirrorContent(content: RegistryContent): MirrorContent {
  return {
    model: content.model,
    store: content.store,
    description: content.description,
    versions: content.versions.map((record) => mirroredVersion(record, content)),
    champion: content.histories[content.championOf]?.at(-1)?.version,
    challenger: content.challenger,
    notes: content.notes ?? [],
  };
}

function mirroredVersion(record: VersionRecord, content: RegistryContent): MirroredVersion {
  const liveIn = Object.entries(content.histories).flatMap(([environment, events]) => {
    const last = events.at(-1);
    return last?.version === record.version ? [`${environment} since ${last.since}`] : [];
  });
  const quarantine = content.quarantines.find(({ imageDigest }) => imageDigest === record.imageDigest);
  const wasLive = Object.values(content.histories).some((events) => events.some(({ version }) => version === record.version));
  const status: Status = quarantine !== undefined ? 'quarantined' : liveIn.length > 0 ? 'live' : content.challenger === record.version ? 'challenger' : wasLive ? 'retired' : 'registered';
  return {
    record,
    source: `${content.store}/blobs/sha256/${hexOf(record.modelDigest)}`,
    status: describe(record, { status, liveIn, quarantine }),
    facts: factsOf(record, content.store),
    state: {
      status,
      ...(liveIn.length === 0 ? {} : { live: liveIn.join(', ') }),
      ...(quarantine === undefined ? {} : { quarantined: `${quarantine.at}: ${quarantine.reason}` }),
    },
    files: content.files.get(record.version) ?? {},
  };
}

function factsOf(record: VersionRecord, store: string): Record<string, string> {
  const { trainingWindow, dataset, evidence } = record;
  const labels = Object.entries(record.labels).map(([name, value]) => [`label.${name}`, value] as const);
  const parents = record.parents.map(({ role, candidate, version }) => [`parent.${role}`, version === undefined ? candidate : `${version} (${candidate})`] as const);
  return {
    'registered-at': record.registeredAt,
    candidate: record.candidate,
    evaluation: record.evaluation,
    'model-digest': record.modelDigest,
    image: `${record.imageRepository}:${record.imageTag}`,
    'image-digest': record.imageDigest,
    'dataset-uri': dataset.uri,
    'dataset-digest': dataset.digest,
    'pipeline-digest': record.pipelineDigest,
    'code-commit': record.codeCommit,
    'code-digest': record.codeDigest,
    'window.fit': `${trainingWindow.fit.from}/${trainingWindow.fit.to}`,
    'window.calibrate': `${trainingWindow.calibrate.from}/${trainingWindow.calibrate.to}`,
    'window.test': `${trainingWindow.test.from}/${trainingWindow.test.to}`,
    ...(record.champion === undefined ? {} : { 'judged-against': String(record.champion) }),
    ...(evidence === undefined ? {} : { evidence: `${store}/${evidence.key}`, 'evidence-digest': evidence.digest }),
    ...Object.fromEntries(parents),
    ...Object.fromEntries(labels),
  };
}

function describe(record: VersionRecord, { status, liveIn, quarantine }: { status: Status; liveIn: readonly string[]; quarantine: QuarantineEntry | undefined }): string {
  const { accuracy } = record.metrics;
  const figure = accuracy === undefined ? '' : `, accuracy ${formatEstimate(accuracy.value, accuracy.interval)} on ${record.trainingWindow.test.from} to ${record.trainingWindow.test.to}`;
  const where = liveIn.length === 0 ? '' : ` in ${liveIn.join(', ')}`;
  const why = quarantine === undefined ? '' : `: ${quarantine.reason}`;
  return `${record.model} version ${record.version}${figure}. ${status.charAt(0).toUpperCase()}${status.slice(1)}${where}${why}.`;
}
