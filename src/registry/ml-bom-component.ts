import type { Json } from '../artifacts/canonical-json.ts';
import { type Digest, hexOf } from '../artifacts/digest.ts';
import type { ServedLibrary } from './served-libraries.ts';

export function sha256Of(digest: Digest): Json {
  return { alg: 'SHA-256', content: hexOf(digest) };
}

/** A library with its package URL (purl-spec, type npm), which is also what it is referred to by. */
export function bomLibrary({ name, version, license, sha512 }: ServedLibrary): { readonly reference: string; readonly component: Json } {
  const scoped = /^@([^/]+)\/(.+)$/.exec(name);
  const purl = scoped === null ? `pkg:npm/${name}@${version}` : `pkg:npm/%40${scoped[1] ?? ''}/${scoped[2] ?? ''}@${version}`;
  return {
    reference: purl,
    component: {
      type: 'library',
      'bom-ref': purl,
      ...(scoped === null ? {} : { group: `@${scoped[1] ?? ''}` }),
      name: scoped?.[2] ?? name,
      version,
      purl,
      scope: 'required',
      ...(license === undefined ? {} : { licenses: [isExpression(license) ? { expression: license } : { license: { name: license } }] }),
      ...(sha512 === undefined ? {} : { hashes: [{ alg: 'SHA-512', content: sha512 }] }),
    },
  };
}

/** One SPDX identifier, or several joined by AND, OR and WITH; anything else ("SEE LICENSE IN …") is only a name. */
function isExpression(license: string): boolean {
  return /^\(?[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*\)?$/.test(license);
}
