import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { outcomeOf, type Purpose } from '../metrics/service-metrics.ts';
import type { Service } from '../service.ts';
import { skewed } from '../simulated-fault.ts';
import { eventDay } from './event-day.ts';
import { answerFor, decide, type PredictionAnswer } from './prediction.ts';
import { readRequestBody } from './request-body.ts';
import type { CheckedRows } from './row-encoder.ts';

export const purposeHeader = 'x-taxiway-purpose';

export const purposeOf = (request: FastifyRequest): Purpose => (request.headers[purposeHeader] === 'verification' ? 'verification' : 'traffic');

export interface PredictAnswer {
  readonly model: { readonly name: string; readonly version: string; readonly digest: string };
  readonly simulatedFault?: string;
  readonly predictions: readonly PredictionAnswer[];
}

/** `POST /predict`: one row or many in, one prediction per row out, in the same order. */
export function addPredictRoute(app: FastifyInstance, service: Service): void {
  const { model, encoder, batcher, metrics, state, configuration } = service;
  const fault = configuration.simulatedFault;
  const identity = { model: { name: model.name, version: model.version, digest: model.digest }, ...(fault && { simulatedFault: fault.text }) };

  function record(checked: CheckedRows, answers: readonly PredictionAnswer[], request: FastifyRequest): void {
    const purpose = purposeOf(request);
    const receivedAt = new Date().toISOString();
    const { eventTime } = model.description;
    metrics.rows.inc({ purpose }, answers.length);
    state.answeredRows += answers.length;
    for (const [index, columns] of checked.rows.entries()) {
      const answer = answers[index];
      if (!answer) continue;
      const { probability, threshold, decision } = answer;
      metrics.score.observe({ purpose }, probability);
      metrics.decisions.inc({ purpose, decision });
      if (!service.log || purpose === 'verification') continue;
      const moment = eventTime === undefined ? undefined : columns[eventTime];
      const day = (typeof moment === 'string' ? eventDay(moment) : undefined) ?? receivedAt.slice(0, 10);
      service.log.add({ requestId: request.id, receivedAt, day, prediction: { probability, threshold, decision }, columns });
    }
  }

  app.post('/predict', {
    onRequest: (_request, _reply, done) => {
      state.requestsInFlight += 1;
      state.lastRequest = performance.now();
      done();
    },
    onResponse: (request, reply, done) => {
      state.requestsInFlight -= 1;
      const purpose = purposeOf(request);
      metrics.duration.observe({ purpose, outcome: outcomeOf(reply.statusCode) }, reply.elapsedTime / 1000);
      metrics.requests.inc({ purpose, code: String(reply.statusCode) });
      done();
    },
    handler: async (request): Promise<PredictAnswer> => {
      const checked = encoder.encode(readRequestBody(request.body, configuration.maximumRows));
      const faulty = fault !== undefined && state.answeredRows >= fault.after ? fault : undefined;
      const probabilities = await batcher.score(checked);
      if (faulty && faulty.slow > 0) await delay(faulty.slow);
      const answers = checked.rows.map((row, index) => {
        const probability = probabilities[index] ?? Number.NaN;
        return answerFor(row, decide(faulty ? skewed(probability, faulty) : probability, model.description.threshold), model);
      });
      record(checked, answers, request);
      return { ...identity, predictions: answers };
    },
  });
}
