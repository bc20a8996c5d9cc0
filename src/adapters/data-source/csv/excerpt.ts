import { csvLimits } from './csv-limits.ts';

/** Bytes of a file as text for people: cut, and nothing in it that a terminal or a log would act on. */
export function excerpt(bytes: Uint8Array): string {
  // Four bytes a character at most: more is not decoded.
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 4 * csvLimits.excerpt)).toString('utf8');
  return excerptOfText(head, bytes.byteLength > 4 * csvLimits.excerpt);
}

export function excerptOfText(text: string, cut = false): string {
  const characters = Array.from(text.slice(0, 2 * csvLimits.excerpt + 2));
  const kept = characters.slice(0, csvLimits.excerpt).join('');
  // Control and format characters, line separators and lone surrogates (Unicode general categories).
  const escaped = kept.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
  return cut || characters.length > csvLimits.excerpt ? `${escaped}…` : escaped;
}
