import type { PipelineShape } from './schema/pipeline.ts';

/** The environment whose live version a mirror calls champion: the one that the mirror names, else `production`, else the only one there is. */
export function championEnvironment({ mirror, environments }: Pick<PipelineShape, 'mirror' | 'environments'>): string {
  const names = Object.keys(environments).sort();
  return mirror?.environment ?? (names.includes('production') ? 'production' : (names[0] ?? 'production'));
}
