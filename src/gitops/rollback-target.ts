import type { Digest } from '../artifacts/digest.ts';
import type { LiveEvent } from '../ports/model-registry.ts';

export interface RollbackQuestion {
  /** Every promotion and rollback of the environment, oldest first. */
  readonly history: readonly LiveEvent[];
  /** The image to get away from, or undefined where nothing is deployed. */
  readonly from: Digest | undefined;
  readonly isQuarantined: (imageDigest: Digest) => boolean;
}

/**
 * The versions to fall back to, best first: the one that was live and healthy last, then those before it. Empty where there is nothing to roll back to.
 *
 * History is read as a stack. A promotion puts a version on top; a rollback takes away everything above the version it returned to.
 * So two rollbacks in a row go further back and never return to a version that was rolled away from.
 */
export function rollbackTargets(question: RollbackQuestion): readonly LiveEvent[] {
  const stack: LiveEvent[] = [];
  for (const event of question.history) {
    if (event.kind === 'rolled-back') {
      const index = stack.findLastIndex((entry) => entry.imageDigest === event.imageDigest);
      stack.splice(index === -1 ? stack.length : index);
    }
    stack.push(event);
  }
  const seen = new Set<Digest>();
  return stack.toReversed().filter((event) => {
    if (event.imageDigest === question.from || question.isQuarantined(event.imageDigest) || seen.has(event.imageDigest)) return false;
    seen.add(event.imageDigest);
    return true;
  });
}
