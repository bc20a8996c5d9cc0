import { posix } from 'node:path';
import { UserError } from '../../errors.ts';

/** What makes a pattern more than a name; the brackets of an extended glob, `+(a|b)`, included. */
const magic = /[*?[{(]|[!+@](?=\()/;

/** A path or glob below a folder. The same pattern chooses the same names wherever the folder is. */
export class NamePattern {
  readonly text: string;
  /** What every matching name begins with. */
  readonly prefix: string;
  /** A plain name: at most one file matches. */
  readonly isPlain: boolean;
  private readonly segments: readonly string[];

  /** @throws UserError input-invalid where it is absolute or climbs out of the folder */
  constructor(text: string) {
    const normal = text.replace(/^(\.\/+)+/, '');
    const segments = normal.split('/');
    if (normal.startsWith('/') || /^[A-Za-z]:/.test(normal) || normal.includes('\\') || normal.includes('\0') || segments.some((part) => part === '..' || part === '.' || part === '')) {
      throw new UserError('input-invalid', `source path ${JSON.stringify(text)}; allowed: a path or glob inside the data root, parts joined by single slashes`, {
        hint: 'Move the files under the data root, and write their path from there.',
      });
    }
    const at = normal.search(magic);
    this.text = normal;
    this.segments = segments;
    this.isPlain = at === -1;
    this.prefix = at === -1 ? normal : normal.slice(0, at);
  }

  matches(name: string): boolean {
    return name === this.text || posix.matchesGlob(name, this.text);
  }

  /** Whether names below the folder could match: what a walk need not enter is false. */
  mayMatchBelow(folder: string): boolean {
    const parts = folder.split('/');
    for (const [index, part] of parts.entries()) {
      const segment = this.segments[index];
      // A brace may hold slashes: then segments of pattern and name do not correspond any more.
      if (segment === undefined) return false;
      if (segment.includes('**') || /[{(]/.test(segment)) return true;
      if (part !== segment && !posix.matchesGlob(part, segment)) return false;
    }
    return parts.length < this.segments.length;
  }
}
