import type { IncomingHttpHeaders } from 'node:http';
import { type Context, isSpanContextValid, ROOT_CONTEXT, trace } from '@opentelemetry/api';

/** Version, trace, parent, flags; a later version may say more after them. */
const pattern = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** The caller's trace, by W3C Trace Context; a new one where there is none or it is malformed. */
export function traceParent({ traceparent }: IncomingHttpHeaders): Context {
  const [, version, traceId, spanId, flags, more] = (typeof traceparent === 'string' ? pattern.exec(traceparent) : null) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined || (version === '00' && more !== undefined)) return ROOT_CONTEXT;
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return isSpanContextValid(context) ? trace.setSpanContext(ROOT_CONTEXT, context) : ROOT_CONTEXT;
}
