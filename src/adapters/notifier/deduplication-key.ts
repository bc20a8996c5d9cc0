import { digestOf, hexOf } from '../../artifacts/digest.ts';

/** PagerDuty's limit, in characters. */
const longest = 255;

/** A notification's key as others know it; what is too long is shortened so that no two become one. */
export function deduplicationKey(key: string): string {
  const whole = `taxiway/${key}`;
  return whole.length <= longest ? whole : `${whole.slice(0, longest - 65)}/${hexOf(digestOf(whole))}`;
}
