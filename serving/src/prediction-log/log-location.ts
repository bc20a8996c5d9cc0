import { fileURLToPath } from 'node:url';
import type { Environment } from '../environment.ts';
import type { LogSink } from './log-sink.ts';

/** Where the prediction log goes. */
export type LogLocation = { readonly kind: 'folder'; readonly path: string } | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

const s3 = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([A-Za-z0-9._=/-]*))?$/;

/** Undefined where the text is no location: `file:///folder` or `s3://bucket/prefix`. */
export function parseLogLocation(text: string): LogLocation | undefined {
  if (URL.canParse(text) && text.startsWith('file:///')) return { kind: 'folder', path: fileURLToPath(text) };
  const [, bucket, path = ''] = s3.exec(text) ?? [];
  const segments = path.split('/').filter(Boolean);
  if (bucket === undefined || segments.some((segment) => segment === '.' || segment === '..')) return undefined;
  return { kind: 's3', bucket, prefix: segments.join('/') };
}

/** Loads only what writes to that kind of place. */
export async function openLogSink(location: LogLocation, environment: Environment): Promise<LogSink> {
  if (location.kind === 'folder') return (await import('./folder-sink.ts')).folderSink(location.path);
  return (await import('./s3-sink.ts')).s3Sink(location, environment);
}
