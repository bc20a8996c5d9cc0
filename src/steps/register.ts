import { z } from 'zod';
import type { Artifact } from '../artifacts/artifact.ts';
import { type Digest, shortDigest } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import { type Candidate, readCandidate } from '../gate/candidate.ts';
import type { EvidenceStatement, TrustedKey } from '../gate/evidence.ts';
import { type GoldenCheck, goldenRequestsSchema, type GoldenRows } from '../packaging/golden-check.ts';
import { type FeatureSources, filesBesideModel } from '../packaging/files-beside-model.ts';
import { packageModel } from '../packaging/package-model.ts';
import { buildServingBase, type ServingBaseSource } from '../packaging/serving-base.ts';
import { dayStart } from '../pipeline/training-window.ts';
import type { ImageRegistry } from '../ports/image-registry.ts';
import type { ModelMirror } from '../ports/model-mirror.ts';
import type { ModelRegistry, VersionRecord } from '../ports/model-registry.ts';
import { completeEarlier, completeVersion } from '../registry/complete-version.ts';
import { demandEvidence } from '../registry/demand-evidence.ts';
import { prepareDescription } from '../registry/describe-version.ts';
import { draftVersion } from '../registry/draft-version.ts';
import { findImageOrigin, originOfImage } from '../registry/image-origin.ts';
import { type PlannedVersion, planVersion } from '../registry/plan-version.ts';
import { registerChecks } from '../registry/register-checks.ts';
import { tellMirror } from '../registry/tell-mirror.ts';
import { formatCount, formatEstimate } from '../report/format-number.ts';
import { buildVerdict, type StepContext, type StepResult } from './step.ts';

export interface RegisterInputs {
  readonly candidate: Digest;
  readonly evaluation: Digest;
  /** Variables baked into the image; only for test images, which are labelled by it. */
  readonly imageEnvironment?: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Where it becomes the challenger; undefined: in every environment of the pipeline. */
  readonly environment?: string | undefined;
  /** Verifies the evidence and says which version it would become; writes nothing. */
  readonly dryRun?: boolean;
}

export interface RegisterPorts {
  readonly registry: ModelRegistry;
  readonly mirror?: ModelMirror | undefined;
  readonly images: ImageRegistry;
  readonly servingBase: ServingBaseSource;
  readonly goldenCheck: GoldenCheck;
  readonly trustedKeys: readonly TrustedKey[];
  /** package-lock.json of the release, for the hashes of what runs in the image. */
  readonly lockFile?: string;
  /** The dataset query's sources, shipped with a version whose service computes its columns itself. */
  readonly featureSources?: FeatureSources | undefined;
  /** Address of the repository that the models are made in, e.g. https://github.com/you/repo: a label of their images. */
  readonly source?: string | undefined;
}

/** Empty where nothing was registered. */
export interface RegisterOutputs extends Record<string, string> {
  /** E.g. 1. */
  readonly 'model-version': string;
  /** E.g. delay-ml:model_v1. */
  readonly 'image-tag': string;
  readonly 'image-digest': string;
}

interface Subject {
  readonly candidate: Candidate;
  readonly evaluation: Artifact;
  readonly statement: EvidenceStatement;
  readonly golden: GoldenRows;
}

type RegisterContext = StepContext & RegisterPorts;

const attempts = 5;

/**
 * Makes a candidate whose gate passed the next version, with its image. First the proof, then the image, asked before it has a name,
 * then the record, the tag, what describes it, and the challenger pointer. Whatever a run left behind, the next one takes up: same candidate and image, same version.
 * @throws UserError evidence-missing, evidence-invalid, gate-not-passed, artifact-missing, artifact-corrupt, image-tag-taken, serving-bundle-missing;
 *   registration-incomplete where there is a version, which it names, and not all that follows it
 */
export async function register(inputs: RegisterInputs, context: RegisterContext): Promise<StepResult<RegisterOutputs>> {
  refuseOtherVariables(inputs);
  const subject = await readSubject(inputs, context);
  if (inputs.dryRun === true) return reportDryRun(inputs, subject, context);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await registerOnce(inputs, subject, context);
    } catch (error) {
      if (!(error instanceof UserError && error.code === 'version-taken') || attempt === attempts) throw error;
      context.logger.info(`${error.message}; building the image anew`);
    }
  }
}

/** Anything else in the environment could make the image serve another model, or run other code, than what was proved. */
function refuseOtherVariables({ imageEnvironment }: RegisterInputs): void {
  const other = Object.keys(imageEnvironment ?? {}).filter((name) => name !== faultVariable);
  if (other.length === 0) return;
  throw new UserError('input-invalid', `image-environment sets ${other.join(', ')}; allowed: ${faultVariable}`, { hint: 'Settings of the service belong into deploy/kustomize.' });
}

const faultVariable = 'SIMULATED_FAULT';

async function registerOnce(inputs: RegisterInputs, subject: Subject, context: RegisterContext): Promise<StepResult<RegisterOutputs>> {
  const { registry, images, logger, pipeline } = context;
  const labels = versionLabels(inputs);
  const describe = await prepareDescription({ candidate: subject.candidate.artifact, evaluation: subject.evaluation }, context);
  const planned = await logger.group('Image', () => planImage(inputs, subject, context));
  const { image, version } = planned;
  await packageModel(images, planned.package);
  logger.info(`${shortDigest(image.digest)} for version ${version}: serving base ${planned.package.base.layers.map(({ size }) => formatCount(size)).join(' + ')} bytes, model ${formatCount(subject.candidate.model.byteLength)} bytes`);
  const answer = await logger.group('Golden requests', () => context.goldenCheck({ imageDigest: image.digest, modelDigest: image.modelDigest, rows: subject.golden }));
  // Built a second time from bytes read anew: a digest that depended on anything else would differ.
  const again = await planned.rebuild((await readCandidate(context.artifacts, inputs.candidate)).model);
  const checks = registerChecks({ statement: subject.statement, answer, digests: [image.digest, again], tolerance: pipeline.definition.verification['score-tolerance'] });
  if (checks.some((check) => check.verdict === 'fail')) {
    return finish({ inputs, checks, summary: `Not registered: the image of candidate ${shortDigest(inputs.candidate)} failed its checks`, outputs: nothing }, context);
  }
  const known = await registry.versions();
  await completeEarlier(known.filter(({ candidate, imageDigest }) => candidate === inputs.candidate && imageDigest !== image.digest), { images, describe, logger });
  const record = await registry.register(await draftVersion({ ...subject, planned, labels, repository: images.repository, known }, context));
  const environments = inputs.environment === undefined ? Object.keys(pipeline.definition.environments).sort() : [inputs.environment];
  await completeVersion(record, image.manifest, { registry, images, describe, environments });
  const outputs = {
    'model-version': String(record.version),
    'image-tag': `${pipeline.definition.deployment.image}:${record.imageTag}`,
    'image-digest': record.imageDigest,
  };
  const notes = await tellMirror(context);
  return finish({ inputs, checks, summary: summarize(record, outputs['image-tag']), outputs, notes }, context);
}

/** Everything that is bound together, each verified by its own digest, and the signed statement that says so. */
async function readSubject(inputs: RegisterInputs, context: RegisterContext): Promise<Subject> {
  const { artifacts, store, pipeline, trustedKeys } = context;
  const candidate = await readCandidate(artifacts, inputs.candidate);
  const evaluation = await artifacts.read('evaluation', inputs.evaluation);
  const { parents } = evaluation.manifest;
  if (parents['candidate'] !== inputs.candidate || parents['dataset'] !== candidate.dataset) {
    throw new UserError('evidence-invalid', `evaluation ${inputs.evaluation} is about candidate ${parents['candidate'] ?? 'none'}, not about ${inputs.candidate} and its dataset`, {
      hint: 'Pass the evaluation that evaluate-gate put out for this candidate.',
    });
  }
  const expected = {
    evaluation: inputs.evaluation,
    candidate: inputs.candidate,
    model: candidate.metadata.modelDigest,
    dataset: candidate.dataset,
    pipeline: pipeline.digest,
    code: context.code,
  };
  const statement = await demandEvidence(store, expected, trustedKeys);
  const golden = goldenRequestsSchema.safeParse(await artifacts.json(evaluation, 'golden.json'));
  if (!golden.success) {
    throw new UserError('artifact-corrupt', `golden.json of evaluation ${inputs.evaluation}: ${z.prettifyError(golden.error).replaceAll('\n', ' ')}`, { hint: 'Run evaluate-gate again.' });
  }
  return { candidate, evaluation, statement, golden: golden.data.rows };
}

async function planImage(inputs: RegisterInputs, subject: Subject, context: RegisterContext): Promise<PlannedVersion> {
  const { images, registry, servingBase, pipeline } = context;
  const base = await buildServingBase(images, servingBase);
  const planned = await planVersion(await registry.versions(), {
    candidate: inputs.candidate,
    origin: await findImageOrigin(context.store, { candidate: inputs.candidate, source: context.source }),
    originOf: ({ imageDigest }) => originOfImage(images, imageDigest),
    base,
    model: subject.candidate.model,
    beside: await filesBesideModel({
      artifacts: context.artifacts,
      artifact: subject.candidate.artifact,
      datasetQuery: pipeline.datasetQuery,
      trainedUntil: dayStart(subject.candidate.metadata.window.test.to),
      featureSources: context.featureSources,
    }),
    environment: { MAXIMUM_ROWS: String(pipeline.definition.serving['maximum-rows']), ...inputs.imageEnvironment },
    labels: {
      ...prefixed(versionLabels(inputs)),
      'org.opencontainers.image.title': pipeline.definition.serving.name,
      'dev.taxiway.pipeline': pipeline.definition.name,
      'dev.taxiway.pipeline-digest': pipeline.digest,
      'dev.taxiway.candidate': inputs.candidate,
      'dev.taxiway.dataset': subject.candidate.dataset,
    },
  });
  const tag = `model_v${planned.version}`;
  const present = await images.resolveTag(tag);
  // Before the record is written: a record whose tag can never be given would stay for good.
  if (present !== undefined && present !== planned.image.digest) {
    if ((await registry.version(planned.version)) !== undefined) throw new UserError('version-taken', `version ${planned.version} was registered meanwhile`);
    throw new UserError('image-tag-taken', `${images.repository}:${tag} already points to ${present}, though the registry has no such version`, {
      hint: 'Registry and image registry do not belong together: use the pair that was filled together, or empty both.',
    });
  }
  return planned;
}

/** A variable baked into an image is always named in its labels, so that no test image passes for a real one. */
function versionLabels(inputs: RegisterInputs): Record<string, string> {
  const variables = Object.entries(inputs.imageEnvironment ?? {}).sort();
  if (variables.length === 0) return { ...inputs.labels };
  const fault = variables.map(([name, value]) => `${name}=${value}`).join(' ');
  return { ...inputs.labels, 'simulated-fault': fault };
}

function prefixed(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [`dev.taxiway.label.${name}`, value]));
}

const nothing: RegisterOutputs = { 'model-version': '', 'image-tag': '', 'image-digest': '' };

async function reportDryRun(inputs: RegisterInputs, { statement }: Subject, context: RegisterContext): Promise<StepResult<RegisterOutputs>> {
  const known = await context.registry.versions();
  const checks = registerChecks({ statement, answer: undefined, digests: [], tolerance: context.pipeline.definition.verification['score-tolerance'] });
  const next = known.find((record) => record.candidate === inputs.candidate)?.version ?? known.length + 1;
  return finish({ inputs, checks, summary: `Dry run: candidate ${shortDigest(inputs.candidate)} could be registered as version ${next}; nothing was written`, outputs: nothing }, context);
}

interface Ending {
  readonly inputs: RegisterInputs;
  readonly checks: ReturnType<typeof registerChecks>;
  readonly summary: string;
  readonly outputs: RegisterOutputs;
  readonly notes?: readonly string[];
}

function finish({ inputs, checks, summary, outputs, notes = [] }: Ending, context: StepContext): StepResult<RegisterOutputs> {
  const fault = versionLabels(inputs)['simulated-fault'];
  const said = [...(fault === undefined ? [] : [`A test image: it simulates a fault on purpose (${fault}) and says so in its labels.`]), ...notes];
  return {
    verdict: buildVerdict(context, {
      step: 'register',
      summary,
      subjects: {
        in: { candidate: inputs.candidate, evaluation: inputs.evaluation },
        out: outputs === nothing ? {} : { version: outputs['model-version'], 'image-tag': outputs['image-tag'], image: outputs['image-digest'] },
      },
      checks,
      ...(said.length === 0 ? {} : { notes: said }),
    }),
    outputs,
  };
}

function summarize(record: VersionRecord, imageTag: string): string {
  const { accuracy } = record.metrics;
  const figure = accuracy === undefined ? '' : `: accuracy ${formatEstimate(accuracy.value, accuracy.interval)} on ${record.trainingWindow.test.from} to ${record.trainingWindow.test.to}`;
  return `Registered version ${record.version} as ${imageTag}${figure}`;
}
