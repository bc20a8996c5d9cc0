import { UserError } from '../../../errors.ts';
import type { MlflowMirrorOptions } from '../../../pipeline/schema/mirror.ts';
import type { MirrorReport, ModelMirror } from '../../../ports/model-mirror.ts';
import { type HttpContext, systemHttp } from '../../http/http-context.ts';
import type { RetryLimits } from '../../http/with-retry.ts';
import { applyPlan } from './apply-plan.ts';
import { MlflowClient, type MlflowCredentials } from './client.ts';
import { planCalls } from './plan-calls.ts';
import { readState } from './read-state.ts';
import { storeTag, wantedState } from './wanted-state.ts';

export interface MlflowMirrorSettings extends MlflowMirrorOptions {
  readonly credentials: MlflowCredentials;
  readonly http?: HttpContext;
  readonly limits?: Partial<RetryLimits>;
}

const standardLimits: RetryLimits = { tryTimeout: 30_000, totalTimeout: 600_000, tries: 5, firstWait: 500, longestWait: 20_000 };
/** A first sync takes six looks. More are needed only where others write at the same time. */
const mostRounds = 30;
/** Rounds one after another in which nothing succeeded. */
const mostFailures = 3;

/**
 * The registry as an MLflow experiment and registered model. A sync looks at all that MLflow has, plans what differs (plan-calls.ts), does
 * it, and looks again until nothing differs: so it does not matter where an earlier one broke off, what people edited, or who else syncs.
 */
export class MlflowMirror implements ModelMirror {
  readonly name = 'mlflow';
  private readonly settings: MlflowMirrorSettings;

  constructor(settings: MlflowMirrorSettings) {
    this.settings = settings;
  }

  async sync(read: Parameters<ModelMirror['sync']>[0], { budget }: { readonly budget?: number } = {}): Promise<MirrorReport> {
    const { http = systemHttp, credentials, limits: given } = this.settings;
    const limits = { ...standardLimits, ...given, ...(budget === undefined ? {} : { totalTimeout: budget }) };
    const client = new MlflowClient({ trackingUri: this.settings['tracking-uri'].replace(/\/+$/, ''), http, credentials, limits });
    const refused = new Set<number>();
    let changes = 0;
    let failures = 0;
    for (let round = 1; round <= mostRounds; round += 1) {
      const content = await read();
      const wanted = wantedState(content, this.settings);
      const found = await readState(client, wanted);
      refuseOther(found.model?.tags[storeTag], wanted.model);
      const plan = planCalls(wanted, found, refused);
      if (plan.groups.length === 0) return { changes, notes: [...(content.notes ?? []), ...plan.notes] };
      const outcome = await applyPlan(client, plan.groups);
      changes += outcome.done;
      for (const version of outcome.refused) refused.add(version);
      if (outcome.done > 0 || outcome.failure === undefined) {
        failures = 0;
        continue;
      }
      failures += 1;
      if (failures === mostFailures) throw outcome.failure;
      await http.clock.sleep(limits.firstWait * failures);
    }
    throw new UserError('mirror-refused', `mirror mlflow: ${client.host} does not come to agree with the registry in ${mostRounds} rounds`, {
      hint: 'Somebody, or another mirror, writes to the same experiment or model. Give each its own.',
    });
  }
}

/** Two registries that share a model there would undo each other's work for ever. */
function refuseOther(store: string | undefined, { name, tags }: { readonly name: string; readonly tags: Readonly<Record<string, string>> }): void {
  if (store === undefined || store === tags[storeTag]) return;
  throw new UserError('mirror-refused', `mirror mlflow: the registered model ${name} shows the registry in ${store}, not the one in ${tags[storeTag] ?? ''}`, {
    hint: `Use another MLflow server, or, where the registry has moved, delete the model's tag ${storeTag}.`,
  });
}
