import { z } from 'zod';
import type { ErrorCode } from '../../../errors.ts';

/** Why a registry gave no answer. */
interface Refused {
  readonly kind: 'refused' | 'denied' | 'unreadable' | 'given-up';
  readonly status?: number;
  readonly codes?: readonly string[];
}

interface Explanation {
  readonly code: ErrorCode;
  readonly hint: string;
}

const answerSchema = z.object({ errors: z.array(z.object({ code: z.string().regex(/^[A-Z_]{1,60}$/) })) });

/** The codes of an error's body (distribution-spec 1.1, Error Codes), in its order; empty where it has none. */
export function readErrorCodes(text: string): string[] {
  try {
    return answerSchema.safeParse(JSON.parse(text)).data?.errors.map(({ code }) => code) ?? [];
  } catch {
    return [];
  }
}

const denied: Explanation = {
  code: 'image-registry-denied',
  hint: 'Set IMAGE_REGISTRY_USERNAME and IMAGE_REGISTRY_PASSWORD or run docker login, and check that the user may pull and push there.',
};
const changed: Explanation = { code: 'image-corrupt', hint: 'Bytes were changed on the way. Run register again: it pushes what is missing.' };
const noRepository: Explanation = { code: 'image-repository-missing', hint: 'Create the repository, or correct its name in pipeline.yaml.' };
const blobGone: Explanation = { code: 'image-missing', hint: 'A clean-up of the registry took a blob away. Run register again: it pushes what is missing; and let the clean-up spare what is younger than a day.' };
const noManifest: Explanation = { code: 'image-registry-refused', hint: 'Use a registry that takes images of the OCI image specification 1.0; some have it switched off.' };

/** By the registry's code: one mistake, one error. */
const byCode: Readonly<Record<string, Explanation>> = {
  DIGEST_INVALID: changed,
  SIZE_INVALID: changed,
  MANIFEST_BLOB_UNKNOWN: blobGone,
  BLOB_UNKNOWN: blobGone,
  MANIFEST_INVALID: noManifest,
  MANIFEST_UNVERIFIED: noManifest,
  NAME_INVALID: { code: 'image-registry-refused', hint: 'Correct the repository in pipeline.yaml: the registry does not allow such a name, or wants a project or an owner before it.' },
  NAME_UNKNOWN: noRepository,
  TAG_INVALID: { code: 'image-registry-refused', hint: 'The registry’s rules for tags do not allow it: let them allow model_v<N> and serving-base-<digest>.' },
  UNSUPPORTED: { code: 'image-registry-refused', hint: 'The registry takes no pushes there: it is read-only, or a cache of another. Name one that takes them in pipeline.yaml.' },
  DENIED: denied,
  UNAUTHORIZED: denied,
};

const redirects = new Set([301, 302, 303, 307, 308]);

/** What went wrong for whoever runs the step, and how to mend it. */
export function explainRefusal({ kind, status = 0, codes = [] }: Refused): Explanation {
  if (kind === 'denied') return denied;
  if (kind === 'unreadable') return { code: 'image-invalid', hint: 'An image’s parts have at most 2 GiB. Check that the address is a registry’s.' };
  const unavailable: Explanation = { code: 'image-registry-unavailable', hint: 'Run the step again later: what was pushed is there and is not pushed again.' };
  if (kind === 'given-up') return unavailable;
  const known = codes.flatMap((code) => byCode[code] ?? [])[0];
  if (known !== undefined) return known;
  if (status === 404) return noRepository;
  if (status === 413) return { code: 'image-registry-refused', hint: 'Something before the registry allows no request of that size: 16 MiB are sent at once (nginx: client_max_body_size).' };
  if (redirects.has(status)) return { code: 'image-registry-refused', hint: 'Name the registry in pipeline.yaml by the host that it redirects to: pushes are not sent on.' };
  return status >= 400 ? { code: 'image-registry-refused', hint: 'Check the repository in pipeline.yaml, and that the registry has the distribution API (OCI).' } : unavailable;
}
