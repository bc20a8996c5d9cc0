import { calls, type PlannedCall } from './calls.ts';
import type { FoundRun, FoundState, FoundVersion } from './found-state.ts';
import { planRun } from './plan-run.ts';
import { mirroredAliases, ownTags, versionTag, type WantedState, type WantedVersion } from './wanted-state.ts';

export interface MirrorPlan {
  /** Calls of a group depend on those before them; groups do not depend on each other. */
  readonly groups: readonly (readonly PlannedCall[])[];
  readonly notes: readonly string[];
}

/**
 * What to do next to bring MLflow from what it has to what it must have; nothing where they agree. What needs an id that is not known yet
 * is planned once it is: look, plan and act until nothing is left. Whoever plans from the same state plans the same, so that syncs that run
 * beside each other choose the same run and version where there are two.
 * @param refused versions that MLflow would not take: the others do not wait for them
 */
export function planCalls(wanted: WantedState, found: FoundState, refused: ReadonlySet<number> = new Set()): MirrorPlan {
  const { experiment, model } = found;
  const { name, description, tags } = wanted.model;
  if (experiment === undefined || experiment.deleted || model === undefined) {
    const first = experiment === undefined ? [calls.createExperiment(wanted.experiment)] : experiment.deleted ? [calls.restoreExperiment(experiment.id)] : [];
    return { groups: [first, model === undefined ? [calls.createModel(name, description, tags)] : []].filter(isSome), notes: [] };
  }
  const versions = wanted.versions.map((version) => planVersion(version, { wanted, found, experimentId: experiment.id }));
  const upTo = versions.findIndex(({ ready, version }) => !ready && !refused.has(version));
  // In the registry's order, so that MLflow's own numbers are those of the registry where nobody has deleted any.
  const creations = (upTo === -1 ? versions : versions.slice(0, upTo)).flatMap(({ creation }) => creation);
  const groups = [
    [...(model.description === description ? [] : [calls.describeModel(name, description)]), ...changed(tags, model.tags).map(([key, value]) => calls.tagModel(name, key, value))],
    ...versions.map(({ repairs }) => repairs),
    creations,
    planAliases(wanted, found, new Map(versions.flatMap(({ version, number }) => (number === undefined ? [] : [[version, number]])))),
  ];
  return { groups: groups.filter(isSome), notes: versions.flatMap(({ notes }) => notes) };
}

interface VersionPlan {
  readonly version: number;
  /** Its run is complete. */
  readonly ready: boolean;
  /** MLflow's number, where it has the version. */
  readonly number: number | undefined;
  readonly repairs: readonly PlannedCall[];
  readonly creation: readonly PlannedCall[];
  readonly notes: readonly string[];
}

interface Surroundings {
  readonly wanted: WantedState;
  readonly found: FoundState;
  readonly experimentId: string;
}

function planVersion(wanted: WantedVersion, { wanted: { model }, found, experimentId }: Surroundings): VersionPlan {
  const version = wanted.number;
  const { run, others, versions } = chooseRun(wanted.key, found);
  const mine = (list: readonly PlannedCall[]): PlannedCall[] => list.map((call) => ({ ...call, version }));
  if (run === undefined) {
    const creation = calls.createRun({ experiment_id: experimentId, run_name: wanted.run.name, start_time: wanted.run.time, tags: { [versionTag]: wanted.key } });
    return { version, ready: false, number: undefined, repairs: mine([creation]), creation: [], notes: [] };
  }
  const cleaning = others.filter(({ deleted }) => !deleted).map(({ id }) => calls.deleteRun(id));
  if (run.deleted) return { version, ready: false, number: undefined, repairs: mine([calls.restoreRun(run.id), ...cleaning]), creation: [], notes: [] };
  const { calls: missing, notes } = planRun(wanted, run);
  const source = wanted.version.source ?? run.artifactUri;
  const kept = versions.find((candidate) => candidate.runId === run.id && candidate.source === source);
  const { description, tags } = wanted.version;
  if (kept === undefined) {
    const creation = calls.createVersion({ name: model.name, source, run_id: run.id, description, tags });
    return { version, ready: missing.length === 0, number: undefined, repairs: mine([...missing, ...cleaning]), creation: missing.length === 0 ? mine([creation]) : [], notes };
  }
  const repairs = [
    ...missing,
    ...cleaning,
    ...(kept.description === description ? [] : [calls.describeVersion(model.name, kept.number, description)]),
    ...changed(tags, kept.tags).map((tag) => calls.tagVersion(model.name, kept.number, tag)),
    ...Object.keys(kept.tags).filter((key) => key.startsWith(ownTags) && !Object.hasOwn(tags, key)).map((key) => calls.untagVersion(model.name, kept.number, key)),
    ...versions.filter((other) => other !== kept).map((other) => calls.deleteVersion(model.name, other.number)),
  ];
  return { version, ready: true, number: kept.number, repairs: mine(repairs), creation: [], notes };
}

/**
 * The one run of a version: the one that its oldest model version comes from, so that numbers stay; else the one with the smallest id.
 * Deleted or not: a run that was deleted is taken back, and one that lost stays away, whoever looks.
 */
function chooseRun(key: string, found: FoundState): { run: FoundRun | undefined; others: readonly FoundRun[]; versions: readonly FoundVersion[] } {
  const tagged = new Set(found.runs.filter(({ tags }) => tags[versionTag] === key).map(({ id }) => id));
  const versions = found.versions.filter(({ tags, runId }) => (tags[versionTag] === undefined ? tagged.has(runId) : tags[versionTag] === key));
  const sources = new Set(versions.map(({ runId }) => runId));
  const runs = found.runs.filter(({ id, tags }) => tagged.has(id) || (tags[versionTag] === undefined && sources.has(id)));
  const run = versions.map(({ runId }) => runs.find(({ id }) => id === runId)).find((candidate) => candidate !== undefined) ?? runs[0];
  return { run, others: runs.filter((other) => other !== run), versions };
}

function planAliases({ model, aliases }: WantedState, found: FoundState, numbers: ReadonlyMap<number, number>): PlannedCall[] {
  return mirroredAliases.flatMap((alias) => {
    const wanted = aliases[alias];
    const present = found.model?.aliases[alias];
    if (wanted === undefined) return present === undefined ? [] : [calls.removeAlias(model.name, alias)];
    const number = numbers.get(wanted);
    // A version that is not there yet gets its alias at the next look.
    return number === undefined || number === present ? [] : [calls.setAlias(model.name, alias, number)];
  });
}

function changed(wanted: Readonly<Record<string, string>>, found: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(wanted).filter(([key, value]) => found[key] !== value);
}

function isSome(list: readonly PlannedCall[]): boolean {
  return list.length > 0;
}
