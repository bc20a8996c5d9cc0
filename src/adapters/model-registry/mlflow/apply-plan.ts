import { UserError } from '../../../errors.ts';
import type { PlannedCall } from './calls.ts';
import type { MlflowClient } from './client.ts';
import { inGroups } from './in-groups.ts';
import { refusal } from './read-state.ts';

export interface Outcome {
  /** Calls that succeeded. */
  readonly done: number;
  /** Versions of which MLflow refused a call. */
  readonly refused: readonly number[];
  /** Of the first call that did not succeed. */
  readonly failure: UserError | undefined;
}

const groupsAtOnce = 4;

/**
 * Does what is planned: a group ends at its first call that is refused, for what follows may need it; the others go on. A call that cannot be
 * asked twice and was not answered counts as failed: the next look shows whether it worked.
 * @throws UserError mirror-unavailable, mirror-denied
 */
export async function applyPlan(client: MlflowClient, groups: readonly (readonly PlannedCall[])[]): Promise<Outcome> {
  let done = 0;
  const refused: number[] = [];
  let failure: UserError | undefined;
  await inGroups(groupsAtOnce, groups, async (group) => {
    for (const call of group) {
      const answer = await askCall(client, call);
      if (answer === undefined) {
        done += 1;
        continue;
      }
      failure ??= answer;
      if (call.version !== undefined && answer.code === 'mirror-refused') refused.push(call.version);
      return;
    }
  });
  return { done, refused, failure };
}

/** Why it did not succeed; undefined where it did. */
async function askCall(client: MlflowClient, call: PlannedCall): Promise<UserError | undefined> {
  try {
    const answer = await client.ask(call);
    return answer.kind === 'ok' ? undefined : refusal(client, call, answer);
  } catch (error) {
    if (call.repeatable === false && error instanceof UserError && error.code === 'mirror-unavailable') return error;
    throw error;
  }
}
