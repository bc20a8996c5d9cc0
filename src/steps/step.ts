import type { ArtifactRepository } from '../artifacts/artifact.ts';
import type { Digest } from '../artifacts/digest.ts';
import type { LoadedPipeline } from '../pipeline/load-pipeline.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { NativeModules } from '../ports/native-modules.ts';
import { type Check, type Chart, concludeChecks, type Outcome, type Verdict } from '../verdict/verdict.ts';

/** What every step gets. A step reads artefacts by digest, writes artefacts, and returns its verdict; it never prints or exits. */
export interface StepContext {
  readonly pipeline: LoadedPipeline;
  readonly store: ArtifactStore;
  readonly artifacts: ArtifactRepository;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly native: NativeModules;
  /** The moment judged from: milliseconds since the Unix epoch. The input `as-of`, else the present. */
  readonly asOf: number;
  /** The git commit of the code and pipeline that run. */
  readonly codeCommit: string;
  /** SHA-256 over the bundles of all actions of the release that runs (src/action/code-digest.ts): what the gate's evidence is bound to. */
  readonly code: Digest;
  /** An empty folder for temporary files; removed when the step ends. */
  readonly workDirectory: string;
}

export interface StepResult<Outputs extends Readonly<Record<string, string>>> {
  readonly verdict: Verdict;
  readonly outputs: Outputs;
  /** An HTML page of what the step found: one file that needs nothing else. Written beside the verdict. */
  readonly page?: string;
}

export interface VerdictDraft {
  readonly step: string;
  readonly summary: string;
  readonly subjects: Verdict['subjects'];
  readonly checks: readonly Check[];
  readonly charts?: readonly Chart[];
  readonly notes?: readonly string[];
  /** Where the outcome is more than the worst check. */
  readonly verdict?: Outcome;
}

export function buildVerdict(context: StepContext, draft: VerdictDraft): Verdict {
  return {
    schema: 'taxiway/verdict/v1',
    step: draft.step,
    verdict: draft.verdict ?? concludeChecks(draft.checks),
    summary: draft.summary,
    subjects: draft.subjects,
    pipeline: { name: context.pipeline.definition.name, digest: context.pipeline.digest },
    code: { commit: context.codeCommit },
    asOf: new Date(context.asOf).toISOString(),
    checks: [...draft.checks],
    ...(draft.charts === undefined ? {} : { charts: [...draft.charts] }),
    ...(draft.notes === undefined ? {} : { notes: [...draft.notes] }),
  };
}
