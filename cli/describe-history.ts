import { shortDigest } from '../src/artifacts/digest.ts';
import type { VersionRecord } from '../src/ports/model-registry.ts';
import { challengerIn, type EnvironmentHistory, liveIn, type RegistryHistory } from '../src/registry/registry-history.ts';
import { formatEstimate } from '../src/report/format-number.ts';
import { drawTimeline } from './draw-timeline.ts';
import type { HistorySubject } from './history-json.ts';
import { plainText, textTable } from './terminal.ts';

/** Shown where a version has them, in this order; `--json` has all. */
const shown = ['accuracy', 'recall', 'prAuc', 'precision', 'rocAuc'] as const;

/** A registry's history for people: where things stand, every version, and a timeline of each environment. */
export function describeHistory({ model, store, at, history }: HistorySubject): string {
  const when = at === undefined ? '' : `, at the end of ${new Date(at).toISOString()}`;
  const header = `${model} in ${store}${when}`;
  if (history.versions.length === 0) return `${header}\n\nNo version ${at === undefined ? 'is registered yet; register makes the first one' : 'was registered by then'}.`;
  return [
    header,
    standing(history),
    `Versions\n${versionTable(history)}`,
    `Made from\n${lineageTable(history.versions)}`,
    ...history.environments.map((environment) => `Timeline of ${environment.environment}, UTC\n${drawTimeline(environment, history, at)}`),
    ...(history.quarantines.length === 0 || history.environments.length > 0 ? [] : [`In quarantine\n${textTable(history.quarantines.map(({ version, at: since, reason }) => [`  v${version}`, minute(since), plainText(reason)]))}`]),
  ].join('\n\n');
}

function standing(history: RegistryHistory): string {
  if (history.environments.length === 0) return 'Nothing is or was live anywhere.';
  return textTable(
    history.environments.map((environment) => {
      const live = liveIn(environment);
      const challenger = challengerIn(environment, history.quarantines);
      return [
        `${environment.environment}:`,
        live === undefined ? 'nothing live' : `v${live.version} live since ${minute(live.since)} (epoch ${live.epoch}, commit ${plainText(live.commit).slice(0, 7)})`,
        challenger === undefined ? 'no challenger' : `v${challenger.version} challenges since ${minute(challenger.since)}`,
      ];
    }),
  );
}

function versionTable(history: RegistryHistory): string {
  const metrics = shown.filter((name) => history.versions.some((record) => record.metrics[name] !== undefined)).slice(0, 3);
  return textTable([
    ['  Version', 'Registered', ...metrics.map((name) => `${name} [95 %]`), 'Judged on', 'Parents', 'State'],
    ...history.versions.map((record) => [
      `  v${record.version}`,
      minute(record.registeredAt),
      ...metrics.map((name) => {
        const metric = record.metrics[name];
        return metric === undefined ? '–' : formatEstimate(metric.value, metric.interval);
      }),
      `${record.trainingWindow.test.from} to ${record.trainingWindow.test.to}`,
      parents(record),
      state(record, history),
    ]),
  ]);
}

function parents({ champion, parents: models }: VersionRecord): string {
  const warm = models.find(({ role }) => role === 'warm-start');
  const named = [
    ...(champion === undefined ? [] : [`judged against v${champion}`]),
    ...(warm === undefined ? [] : [`warm start from ${warm.version === undefined ? shortDigest(warm.candidate) : `v${warm.version}`}`]),
  ];
  return named.length === 0 ? '–' : named.join(', ');
}

function state({ version, imageDigest, labels }: VersionRecord, { environments, quarantines }: RegistryHistory): string {
  const found = [
    ...environments.flatMap((environment) => stateIn(environment, version, quarantines) ?? []),
    ...(quarantines.some((entry) => entry.imageDigest === imageDigest) ? ['in quarantine'] : []),
    ...Object.entries(labels).map(([name, value]) => `${plainText(name)}=${plainText(value)}`),
  ];
  return found.length === 0 ? '–' : found.join('; ');
}

function stateIn(environment: EnvironmentHistory, version: number, quarantines: RegistryHistory['quarantines']): string | undefined {
  if (liveIn(environment)?.version === version) return `live in ${environment.environment}`;
  if (challengerIn(environment, quarantines)?.version === version) return `challenger in ${environment.environment}`;
  return environment.events.some((event) => event.version === version) ? `was live in ${environment.environment}` : undefined;
}

function lineageTable(versions: readonly VersionRecord[]): string {
  return textTable([
    ['  Version', 'Dataset', 'Candidate', 'Evaluation', 'Evidence', 'Image', 'Pipeline', 'Commit'],
    ...versions.map(({ version, dataset, candidate, evaluation, evidence, imageDigest, pipelineDigest, codeCommit }) => [
      `  v${version}`,
      ...[dataset.digest, candidate, evaluation].map(shortDigest),
      evidence === undefined ? '–' : shortDigest(evidence.digest),
      ...[imageDigest, pipelineDigest].map(shortDigest),
      plainText(codeCommit).slice(0, 7),
    ]),
  ]);
}

function minute(moment: string): string {
  return new Date(moment).toISOString().slice(0, 16).replace('T', ' ');
}
