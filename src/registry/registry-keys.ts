import { type Digest, hexOf } from '../artifacts/digest.ts';

const versionFile = /\/(\d{6,})\.json$/;

/** Where a model's registry keeps what. Numbers are padded so that the keys' order is the order of events. */
export function registryKeys(model: string) {
  const root = `registry/${model}`;
  return {
    versions: `${root}/versions/`,
    version: (number: number) => `${root}/versions/${padVersion(number)}.json`,
    modelCard: (number: number) => `${root}/versions/${padVersion(number)}/MODEL_CARD.md`,
    modelBom: (number: number) => `${root}/versions/${padVersion(number)}/ml-bom.cdx.json`,
    live: (environment: string) => `${root}/live/${environment}.json`,
    environments: [`${root}/history/`, `${root}/challengers/`],
    history: (environment: string) => `${root}/history/${environment}/`,
    event: (environment: string, epoch: number) => `${root}/history/${environment}/${padEpoch(epoch)}.json`,
    challenger: (environment: string) => `${root}/challenger/${environment}.json`,
    challengers: (environment: string) => `${root}/challengers/${environment}/`,
    challengerEvent: (environment: string, epoch: number) => `${root}/challengers/${environment}/${padEpoch(epoch)}.json`,
    quarantines: `${root}/quarantine/`,
    quarantine: (imageDigest: Digest) => `${root}/quarantine/${hexOf(imageDigest)}.json`,
  };
}

/** The number in a version's key, or undefined for other keys (model cards and bills of materials). */
export function versionOfKey(key: string): number | undefined {
  const digits = versionFile.exec(key)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function padVersion(number: number): string {
  return String(number).padStart(6, '0');
}

function padEpoch(epoch: number): string {
  return String(epoch).padStart(9, '0');
}
