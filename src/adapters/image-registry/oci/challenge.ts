/** What a registry asks for with 401 (RFC 9110, section 11.6.1). */
export interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly parameters: Readonly<Record<string, string>>;
}

const part = /(?<name>[A-Za-z][A-Za-z0-9_-]*)\s*=\s*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<plain>[^\s,"]+))|(?<scheme>[A-Za-z]+)(?=\s|,|$)/g;

/** The challenges of a WWW-Authenticate header that are understood here, in its order. */
export function parseChallenges(header: string): Challenge[] {
  const found: { scheme: string; parameters: Record<string, string> }[] = [];
  for (const { groups = {} } of header.matchAll(part)) {
    const { scheme, name, quoted, plain } = groups;
    if (scheme !== undefined) found.push({ scheme: scheme.toLowerCase(), parameters: {} });
    const last = found.at(-1);
    if (name !== undefined && last !== undefined) last.parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '';
  }
  return found.flatMap(({ scheme, parameters }) => (scheme === 'basic' || scheme === 'bearer' ? [{ scheme, parameters }] : []));
}
