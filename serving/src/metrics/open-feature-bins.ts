import { readFile } from 'node:fs/promises';
import type { FeatureBins, FeatureBinsOptions } from './feature-bins.ts';

export type OpenedFeatureBins =
  | { readonly kind: 'counting'; readonly bins: FeatureBins }
  /** No profile lies beside the model. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Features are counted where the model's profile lies; a profile that cannot be read costs its metrics, never the service. Never rejects. */
export async function openFeatureBins(path: string, options: FeatureBinsOptions): Promise<OpenedFeatureBins> {
  try {
    const text = await readFile(path, 'utf8');
    const [{ FeatureBins: Bins }, { readReferenceBins }] = await Promise.all([import('./feature-bins.ts'), import('./reference-bins.ts')]);
    return { kind: 'counting', bins: new Bins(readReferenceBins(text), options) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { kind: 'absent' };
    return { kind: 'unreadable', reason: `the reference profile ${path} is not used: ${error instanceof Error ? error.message : String(error)}` };
  }
}
