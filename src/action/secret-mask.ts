const mask = '***';
/** Shorter pieces would blot out ordinary words. */
const shortestPiece = 8;

/**
 * Knows the secrets of this run in every form they could appear in: whole, by line, base64 at each alignment, hexadecimal, URI and
 * JSON escaped. The runner masks too, but only what passes through its own log; files are ours to clean.
 */
export class SecretMask {
  private readonly forms = new Set<string>();

  /** Returns the new forms, longest first, for the runner to mask. */
  add(secret: string): readonly string[] {
    const pieces = [secret, secret.trim(), ...secretLines(secret)].filter((piece) => piece.length >= shortestPiece);
    const found = new Set(pieces.flatMap(formsOf).filter((form) => form.length >= shortestPiece && !this.forms.has(form)));
    for (const form of found) this.forms.add(form);
    return longestFirst(found);
  }

  redact(text: string): string {
    return longestFirst(this.forms).reduce((left, form) => left.replaceAll(form, mask), text);
  }
}

/** The lines that carry the secret: PEM's frame is the same for everyone. */
function secretLines(secret: string): string[] {
  return secret
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => !line.startsWith('-----'));
}

function formsOf(piece: string): string[] {
  const bytes = Buffer.from(piece);
  return [piece, ...base64Forms(bytes), bytes.toString('hex'), encodeURIComponent(piece), JSON.stringify(piece).slice(1, -1)];
}

/** Inside a longer text a secret starts at any of three places of a base64 group; the characters that only it decides are kept. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes]);
    const start = Math.ceil((shift * 8) / 6);
    const end = Math.floor((padded.length * 8) / 6);
    return [padded.toString('base64').slice(start, end), padded.toString('base64url').slice(start, end)];
  });
}

function longestFirst(forms: Iterable<string>): string[] {
  return [...forms].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
}
