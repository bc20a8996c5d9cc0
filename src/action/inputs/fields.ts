import { z } from 'zod';
import { isDigest } from '../../artifacts/digest.ts';
import { positiveDurationSchema } from '../../pipeline/duration.ts';

/** The kinds of value an input can hold. Each reads the text that the runner passes. */

const digestText = z
  .string()
  .refine((text) => isDigest(text), 'a digest looks like sha256: and 64 hexadecimal digits; pass it as the earlier step put it out');

export function digest(description: string) {
  return digestText.describe(description);
}

export function optionalDigest(description: string) {
  return digestText.optional().describe(description);
}

export function optionalText(description: string) {
  return z.string().optional().describe(description);
}

export function optionalCommit(description: string) {
  return z
    .string()
    .regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/, 'a commit is its whole hash, 40 hexadecimal digits')
    .optional()
    .describe(description);
}

export function optionalUrl(description: string) {
  return z
    .string()
    .regex(/^https?:\/\/[^\s/]+/, 'write the whole URL, e.g. http://127.0.0.1:8080')
    .optional()
    .describe(description);
}

export function secret(description: string) {
  return z.string().optional().describe(description).meta({ secret: true });
}

/** ISO 8601 with a time zone, or a day (UTC midnight) → milliseconds since the Unix epoch. */
export function optionalMoment(description: string) {
  return z
    .union([z.iso.datetime({ offset: true }), z.iso.date()], 'write a moment in ISO 8601, e.g. 2013-05-01T12:00:00Z, or a day, e.g. 2013-05-01')
    .transform((text) => Date.parse(text))
    .optional()
    .describe(description);
}

/** "7d", "36h" → milliseconds. */
export function optionalDuration(description: string) {
  return positiveDurationSchema.optional().describe(description);
}

export function flag(description: string) {
  return z
    .string()
    .default('false')
    .pipe(z.enum(['true', 'false'], 'write true or false'))
    .transform((text) => text === 'true')
    .describe(description);
}

export function choice<const Options extends readonly [string, ...string[]]>(options: Options, standard: Options[number], description: string) {
  return z
    .string()
    .default(standard)
    .pipe(z.enum(options, `write one of ${options.join(', ')}`))
    .describe(description);
}

/** "v3", "model_v3" or "3" → 3. */
export function optionalVersion(description: string) {
  return z
    .string()
    .regex(/^(?:model_v|v)?[1-9]\d{0,8}$/, 'a version looks like v3')
    .transform((text) => Number(/\d+$/.exec(text)?.[0]))
    .optional()
    .describe(description);
}

export function version(description: string) {
  return optionalVersion(description).unwrap().describe(description);
}

export function optionalPositiveInteger(description: string) {
  return z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'write a whole number above 0')
    .transform(Number)
    .optional()
    .describe(description);
}

/** Lines of NAME=value → a record; blank lines are skipped, a name that comes twice is a mistake. */
export function pairs(description: string) {
  return z
    .string()
    .default('')
    .transform((text, context) => {
      const record: Record<string, string> = {};
      for (const line of text.split(/\r?\n/).filter((candidate) => candidate.trim() !== '')) {
        const [, name, value] = /^\s*([A-Za-z][A-Za-z0-9_.-]*)=(.*)$/.exec(line) ?? [];
        if (name === undefined || value === undefined || Object.hasOwn(record, name)) {
          context.addIssue({ code: 'custom', message: `write one NAME=value per line, each name once; "${line}" is not that` });
          return z.NEVER;
        }
        record[name] = value;
      }
      return record;
    })
    .describe(description);
}
