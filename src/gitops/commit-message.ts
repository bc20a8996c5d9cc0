import { UserError } from '../errors.ts';

export interface CommitMessage {
  readonly subject: string;
  readonly body?: string | undefined;
  readonly trailers?: Readonly<Record<string, string>> | undefined;
}

const trailerKey = /^[A-Za-z][A-Za-z0-9-]*$/;

/**
 * Subject, body and git trailers as one commit message.
 * @throws UserError input-invalid where a subject or trailer would spill over its line: it could forge another trailer
 */
export function formatCommitMessage(message: CommitMessage): string {
  const subject = singleLine(message.subject, 'the subject of a commit');
  if (subject === '') throw new UserError('input-invalid', 'the subject of a commit is empty', { hint: 'Give the commit a first line.' });
  const trailers = Object.entries(message.trailers ?? {}).map(([key, value]) => {
    if (!trailerKey.test(key)) {
      throw new UserError('input-invalid', `"${key}" is no trailer name`, { hint: 'Use letters, digits and hyphens, starting with a letter.' });
    }
    return `${key}: ${singleLine(value, `trailer ${key}`)}`;
  });
  const body = message.body?.trim() ?? '';
  return `${[subject, body, trailers.join('\n')].filter((part) => part !== '').join('\n\n')}\n`;
}

function singleLine(text: string, what: string): string {
  if (/[\u0000-\u001f\u007f]/.test(text)) throw new UserError('input-invalid', `${what} holds a line break or control character`, { hint: 'Keep it on one line.' });
  return text.trim();
}
