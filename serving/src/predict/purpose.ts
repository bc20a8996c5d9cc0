import type { FastifyRequest } from 'fastify';
import type { Purpose } from '../metrics/service-metrics.ts';

export const purposeHeader = 'x-taxiway-purpose';

export const purposeOf = (request: Pick<FastifyRequest, 'headers'>): Purpose => (request.headers[purposeHeader] === 'verification' ? 'verification' : 'traffic');
