import { z } from 'zod';
import { createTransform, type Features } from './features-schema.ts';
import type { FittedFeatures } from './fit-features.ts';

export const categoriesSchema = z.record(z.string(), z.strictObject({ known: z.array(z.string()), rare: z.array(z.string()) }));

/** By column: categories with an encoding of their own in every transform of the column, and in some only. */
export type SeenCategories = z.infer<typeof categoriesSchema>;

/**
 * The categories that the fitted transforms tell apart. Whatever is in neither list is unknown: one-hot and embedding give it what
 * they give rare ones, target encoding the overall rate. '' is missing, and never listed.
 */
export function seenCategories(features: Features, fitted: FittedFeatures): SeenCategories {
  const vocabularies = new Map<string, Set<string>[]>();
  for (const [index, feature] of features.entries()) {
    for (const [column, categories] of createTransform(feature).categories?.(fitted.transforms[index]) ?? []) {
      vocabularies.set(column, [...(vocabularies.get(column) ?? []), new Set(categories)]);
    }
  }
  const listed = [...vocabularies].sort(([left], [right]) => (left < right ? -1 : 1)).map(([column, lists]) => {
    const all = [...new Set(lists.flatMap((list) => [...list]))].filter((category) => category !== '').sort();
    const everywhere = (category: string): boolean => lists.every((list) => list.has(category));
    return [column, { known: all.filter(everywhere), rare: all.filter((category) => !everywhere(category)) }] as const;
  });
  return Object.fromEntries(listed);
}
