/** Where a study keeps what. Numbers are padded so that the keys' order is the order of events. */
export function studyKeys(pipeline: string, study: string) {
  const root = `studies/${pipeline}/${study}`;
  const trial = (number: number): string => `${root}/trials/${String(number).padStart(6, '0')}`;
  return {
    root,
    study: `${root}/study.json`,
    trials: `${root}/trials/`,
    claim: (number: number, attempt: number) => `${trial(number)}/claims/${attempt}.json`,
    epoch: (number: number, { attempt, epoch }: { readonly attempt: number; readonly epoch: number }) => `${trial(number)}/epochs/${attempt}/${String(epoch).padStart(4, '0')}.json`,
    end: (number: number) => `${trial(number)}/end.json`,
  };
}

export type TrialPart = { readonly number: number } & ({ readonly kind: 'claim'; readonly attempt: number } | { readonly kind: 'epoch'; readonly attempt: number; readonly epoch: number } | { readonly kind: 'end' });

const trialKey = /\/trials\/(\d{6,})\/(?:claims\/(\d+)|epochs\/(\d+)\/(\d{4,})|(end))\.json$/;

/** What a key under `trials` holds; undefined for other keys. */
export function trialPartOfKey(key: string): TrialPart | undefined {
  const [whole, number, claim, attempt, epoch] = trialKey.exec(key) ?? [];
  if (whole === undefined) return undefined;
  if (claim !== undefined) return { number: Number(number), kind: 'claim', attempt: Number(claim) };
  return epoch === undefined ? { number: Number(number), kind: 'end' } : { number: Number(number), kind: 'epoch', attempt: Number(attempt), epoch: Number(epoch) };
}
