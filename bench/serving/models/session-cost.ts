import { join } from 'node:path';
import { askProcess } from '../ask-process.ts';
import { serverCore } from '../child-processes.ts';
import type { ServedModel, ServedRow } from './served-model.ts';
import type { SessionCost, SessionPlan } from './session-process.ts';

/** What a run of so many rows costs a bare session on the server's core. */
export function sessionCost({ path, numbers, strings }: ServedModel, rows: readonly ServedRow[], seconds: number): Promise<SessionCost> {
  const plan: SessionPlan = { path, numbers, strings, rows, seconds };
  return askProcess(join(import.meta.dirname, 'session-process.ts'), plan, serverCore);
}
