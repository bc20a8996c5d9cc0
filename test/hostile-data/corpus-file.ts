import type { ErrorCode } from '../../src/errors.ts';
import type { HostileSource } from './read-source.ts';

/** One hostile or broken file, how it is declared, and the only right outcome. */
export interface CorpusFile {
  readonly name: string;
  /** Writes it into the data root. */
  make(root: string): Promise<unknown>;
  readonly source: HostileSource;
  readonly outcome: Refused | Read;
}

export interface Refused {
  readonly code: ErrorCode;
  /** What the message must say. */
  readonly says: RegExp;
}

export interface Read {
  readonly rows: number;
  /** Lines of rejected rows, in order, with what the reason must say. */
  readonly rejected: readonly (readonly [line: number, reason: RegExp])[];
  /** Rows as they must be read, where they matter. */
  readonly values?: readonly Record<string, unknown>[];
}
