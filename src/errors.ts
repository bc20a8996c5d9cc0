/**
 * Every error a user can cause or mend. Anything thrown that is not a UserError is a bug in Taxiway.
 * The catalogue is mirrored in docs/errors.md (generated).
 */
export const errorCatalogue = {
  'artifact-corrupt': 'A stored file does not have the SHA-256 it is named by.',
  'artifact-layout': 'A stored artefact does not hold the files that this release of Taxiway reads.',
  'artifact-missing': 'A digest names nothing in the artefact store.',
  'branch-missing': 'The deployment branch does not exist in the git repository.',
  'branch-moved': 'A branch kept moving while Taxiway tried to write to it.',
  'champion-moved': 'A version was judged against another champion than the one that is live.',
  'cluster-unreachable': 'The cluster does not answer, or answers something that is not understood.',
  'code-commit-unknown': 'The git commit of the code that runs cannot be found.',
  'code-unreadable': 'The bundles of Taxiway that run, or their sources, cannot be read whole.',
  'column-missing': 'The rows lack a column that the pipeline or the model names.',
  'condition-invalid': 'A SQL condition of pipeline.yaml (scored-rows, a domain rule) cannot be run on the rows.',
  'dataset-query-failed': 'The dataset query of the pipeline cannot be run on the sources.',
  'engine-unavailable': 'The training engine, or a device it was told to use, cannot be used here.',
  'evidence-invalid': 'The gate’s evidence is malformed, not signed by a trusted key, or about something else.',
  'evidence-missing': 'The evaluation has no evidence in the store.',
  'folder-unwritable': 'A folder that Taxiway writes to cannot be made or written to.',
  'gate-not-passed': 'The evaluation’s outcome is not a pass.',
  'git-failed': 'A git command failed.',
  'git-repository-invalid': 'The path is no bare git repository.',
  'image-corrupt': 'An image’s blob does not have the SHA-256 or size it is named by.',
  'image-invalid': 'An image is not one that Taxiway unpacks: unknown media type, unsafe path, too large.',
  'image-missing': 'A digest or tag names nothing in the image registry.',
  'image-registry-denied': 'The image registry refuses: user and password are missing, expired or not allowed to do that.',
  'image-registry-refused': 'The image registry will not take something: a name, a tag, a manifest, or pushes at all.',
  'image-registry-unavailable': 'The image registry does not answer, or answers only in part.',
  'image-repository-missing': 'The image registry has no such repository.',
  'image-tag-taken': 'An immutable image tag already points to another image.',
  'implementation-unknown': 'pipeline.yaml names an implementation that neither Taxiway nor a plugin has.',
  'incident-missing': 'There is no open incident that the request could be about.',
  'input-invalid': 'An action input or command-line option is missing or malformed.',
  'loop-running': 'Another loop is using the same folder.',
  'merge-conflict': 'A pull request cannot be merged without a person.',
  'mirror-denied': 'The mirror of the registry refuses: the credentials are missing, wrong or not allowed to do that.',
  'mirror-refused': 'The mirror of the registry answers that something cannot be done.',
  'mirror-unavailable': 'The mirror of the registry does not answer, or not in time.',
  'model-invalid': 'A file is not an ONNX model that Taxiway accepts.',
  'native-module-missing': 'ONNX Runtime or DuckDB is not installed and could not be brought here.',
  'nothing-live': 'The environment has no live version to watch or to compare with.',
  'nothing-to-roll-back': 'No earlier version was live and healthy.',
  'notifier-credential-missing': 'A service that people are told through needs a secret that is not set.',
  'notifier-refused': 'A service that people are told through answers that it will not.',
  'notifier-unavailable': 'A service that people are told through does not answer, or not in time.',
  'overlay-invalid': 'An overlay’s kustomization.yaml is malformed or contradicts itself.',
  'overlay-missing': 'The environment has no overlay on the deployment branch.',
  'pipeline-invalid': 'pipeline.yaml is malformed, has an unknown key or a value that is not allowed.',
  'pipeline-missing': 'No pipeline file at the given path.',
  'plugin-invalid': 'A plugin of pipeline.yaml cannot be found, loaded or registered.',
  'port-in-use': 'The port that a server should listen on is taken.',
  'program-missing': 'A program that the step runs is not on the PATH.',
  'pull-request-moved': 'A pull request is closed, missing, or its branch moved since it was looked at.',
  'registration-incomplete': 'A version is registered, and something that follows its record could not be written.',
  'registry-corrupt': 'A record of the model registry is malformed or does not have its own SHA-256.',
  'registry-newer': 'A record of the model registry was written by a newer release, and says what this one does not know.',
  'resume-mismatch': 'A training state belongs to other rows or another configuration.',
  'serving-base-invalid': 'The image that pipeline.yaml names as the serving base is none, or is not one that a model can be added to.',
  'serving-bundle-missing': 'The serving bundle or one of its native modules is not where it should be.',
  'serving-system-missing': 'Node or a shared library that a container needs is not to be had on this machine.',
  'signing-key-invalid': 'A signing or trusted key is not an Ed25519 key in PEM.',
  'source-denied': 'A source refuses: the credentials are missing, expired or not allowed to read it.',
  'source-missing': 'A source of the pipeline has no file where it should be.',
  'source-nothing-in-window': 'A source has files, but none that holds a part of the window.',
  'source-unavailable': 'A source does not answer, answers only in part, or asks to wait longer than Taxiway does.',
  'source-unreadable': 'A file of a source is cut, empty or of another format.',
  'store-denied': 'The artefact store refuses: the credentials are missing, expired or not allowed to do that.',
  'store-missing': 'The bucket of the artefact store does not exist.',
  'store-unavailable': 'The artefact store does not answer.',
  'store-unconditional': 'The artefact store ignores the conditions of writes, by which the registry decides who was first.',
  'study-corrupt': 'A record of a tuning study is malformed or does not have its own SHA-256.',
  'study-mismatch': 'A tuning study was made with other rows, another search space or another pipeline.',
  'study-missing': 'There is no tuning study of that name, or none of its trials has ended.',
  'training-data-invalid': 'The rows cannot be trained on: too few, or labels that are missing or all alike.',
  'training-diverged': 'The loss became infinite or not a number before training had learned anything.',
  'version-missing': 'The model registry has no such version.',
  'version-quarantined': 'The version’s image failed a verification and must not be deployed again.',
  'version-taken': 'Another registration took the version number first.',
  'warehouse-query-failed': 'The warehouse cannot run a query: a table, a column or the SQL of a condition is wrong, or the query ran out of resources.',
  'warehouse-unavailable': 'The warehouse does not answer, refuses the user, or is not the kind of server it was said to be.',
  'warm-start-mismatch': 'A warm start has seen rows of the test window, itself or through what it began from.',
  'window-empty': 'The asked window holds no rows, or ends before it begins.',
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof errorCatalogue;

export interface UserErrorOptions {
  /** How to mend it: one sentence in the imperative. */
  readonly hint?: string;
  readonly cause?: unknown;
}

export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: UserErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** Closes a discriminated union: a new member fails to compile until every switch handles it. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`);
}
