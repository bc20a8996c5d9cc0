import type { SourceDefinition } from '../schema/data.ts';
import type { Report, Rule } from './rule.ts';

/** Sources that say enough, and nothing that contradicts itself. */
export const sourceRules: Rule = (pipeline, report) => {
  for (const [name, source] of Object.entries(pipeline.data.sources)) {
    const path = ['data', 'sources', name];
    if (source.type === 'layered') source.layers.forEach((layer, index) => checkSource(layer, { path: [...path, 'layers', index], plugins: pipeline.plugins.length }, report));
    else checkSource(source, { path, plugins: pipeline.plugins.length }, report);
  }
  const { 'online-features': online } = pipeline.serving;
  if (online === undefined) return;
  const names = Object.keys(pipeline.data.sources);
  if (!names.includes(online.feed)) report(['serving', 'online-features', 'feed'], `found ${online.feed}, which is no source; allowed: ${names.join(', ')}`);
  for (const [index, name] of online.mounted.entries()) {
    if (!names.includes(name) || name === online.feed) report(['serving', 'online-features', 'mounted', index], `found "${name}"; allowed: ${names.filter((other) => other !== online.feed).join(', ')}`);
  }
};

function checkSource(source: SourceDefinition, { path, plugins }: { readonly path: readonly (string | number)[]; readonly plugins: number }, report: Report): void {
  switch (source.type) {
    case 'flight-feed':
      if ((source.path === undefined) === (source.endpoint === undefined)) {
        report([...path, 'type'], `found flight-feed with ${source.path === undefined ? 'neither path nor' : 'both path and'} endpoint; allowed: one of the two`);
      }
      return;
    case 'plugin':
      if (plugins === 0) report([...path, 'implementation'], `found "${source.implementation}", but plugins is empty; allowed: a name that a listed plugin brings`);
      return;
    case 'csv':
      if (source['time-zone'] !== undefined && !isTimeZone(source['time-zone'])) report([...path, 'time-zone'], `found "${source['time-zone']}"; allowed: an IANA time zone, e.g. America/New_York`);
      checkPartitions(source.partitions, path, report);
      return;
    case 'parquet':
      checkPartitions(source.partitions, path, report);
      return;
    case 'open-meteo':
    case 'iem-asos':
      if (Object.keys(source.stations).length === 0) report([...path, 'stations'], 'found no station; allowed: one or more, by the airport they stand for');
      return;
    case 'holidays':
    case 'layered':
      return;
  }
}

const partitionings = ['year', 'year,month', 'year,month,day', 'date'];

function checkPartitions(partitions: readonly string[] | undefined, path: readonly (string | number)[], report: Report): void {
  if (partitions !== undefined && !partitionings.includes(partitions.join(','))) {
    report([...path, 'partitions'], `found [${partitions.join(', ')}]; allowed: ${partitionings.map((keys) => `[${keys.replaceAll(',', ', ')}]`).join(', ')}`);
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
