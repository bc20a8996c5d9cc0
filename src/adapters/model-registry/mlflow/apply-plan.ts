import { UserError } from '../../../errors.ts';
import type { PlannedCall } from './calls.ts';
import type { MlflowClient } from './client.ts';
import { isUnreadable } from '../../../registry/unreadable.ts';
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
      if (answer === 'done') done += 1;
      if (answer === 'done' || answer === 'unreadable') continue;
      failure ??= answer;
      if (call.version !== undefined && answer.code === 'mirror-refused') refused.push(call.version);
      return;
    }
  });
  return { done, refused, failure };
}

/** Or why it did not succeed. `unreadable`: the store does not give the bytes; the next look leaves the file out. */
async function askCall(client: MlflowClient, call: PlannedCall): Promise<UserError | 'done' | 'unreadable'> {
  try {
    const answer = await client.ask(call);
    return answer.kind === 'ok' ? 'done' : refusal(client, call, answer);
  } catch (error) {
    if (isUnreadable(error)) return 'unreadable';
    if (call.repeatable === false && error instanceof UserError && error.code === 'mirror-unavailable') return error;
    throw error;
  }
}
