import { shortDigest } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import type { ImageRegistry } from '../ports/image-registry.ts';
import type { Logger } from '../ports/logger.ts';
import type { ModelRegistry, VersionRecord } from '../ports/model-registry.ts';
import type { DescribeVersion } from './describe-version.ts';
import { baseOfImage } from './image-origin.ts';
import { nominateVersion } from './nominate-version.ts';

export interface Completion {
  readonly registry: ModelRegistry;
  readonly images: ImageRegistry;
  readonly describe: DescribeVersion;
  /** Where it becomes the challenger. */
  readonly environments: readonly string[];
}

/**
 * What follows a version's record: the tag of its image, what describes it, and the challenger pointers. Each is harmless to repeat.
 * @param manifest of the version's image
 * @throws UserError registration-incomplete, which names the version: by now there is one
 */
export async function completeVersion(record: VersionRecord, manifest: Uint8Array, completion: Completion): Promise<void> {
  const { registry, images, describe, environments } = completion;
  await sayingWhichVersion(record, 'the tag of its image', () => images.putManifest(record.imageTag, manifest));
  await sayingWhichVersion(record, 'its model card and bill of materials', () => describe(record));
  await sayingWhichVersion(record, 'that it challenges', () => nominateVersion(registry, record, environments));
}

/**
 * Versions of the same candidate whose registration broke off, and whose image would be another today, as Node or the machine's libraries have
 * changed since: nobody would come back to them. They get their tag and what describes them, and challenge nobody: a newer version does.
 * Where that cannot be, the newer version is not held up.
 */
export async function completeEarlier(known: readonly VersionRecord[], { images, describe, logger }: Pick<Completion, 'images' | 'describe'> & { readonly logger: Logger }): Promise<void> {
  for (const record of known) {
    try {
      const manifest = await images.readBlob(record.imageDigest);
      if (manifest === undefined) continue;
      if ((await images.resolveTag(record.imageTag)) === undefined) await images.putManifest(record.imageTag, manifest);
      // Also where it has its tag: a registration may have broken off between the two.
      await describe(record, { base: baseOfImage(manifest) });
    } catch (error) {
      logger.warn(`version ${record.version} of the same candidate was not registered to its end, and could not be completed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

async function sayingWhichVersion(record: VersionRecord, what: string, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (cause) {
    const { message } = cause instanceof Error ? cause : new Error(String(cause));
    const hint = cause instanceof UserError && cause.hint !== undefined ? ` ${cause.hint}` : '';
    throw new UserError('registration-incomplete', `${record.model} version ${record.version} is registered (${record.imageTag}, ${shortDigest(record.imageDigest)}), but ${what} could not be written: ${message}`, {
      hint: `Run register again with the same inputs: it takes up version ${record.version} and writes what is missing.${hint}`,
      cause,
    });
  }
}
