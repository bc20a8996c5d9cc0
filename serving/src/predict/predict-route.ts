import type { FastifyInstance } from 'fastify';
import { completeFlights, namesFlights } from '../online-features/complete-flights.ts';
import type { OperatingPoint } from '../operating-point/operating-point.ts';
import type { Service } from '../service.ts';
import { AnswerText } from './answer-text.ts';
import type { PredictionAnswer } from './prediction.ts';
import { deadlineOf } from './request-deadline.ts';
import { readRequestBody } from './request-body.ts';
import { scoreRows } from './score-rows.ts';
import { scoringHooks } from './scoring-hooks.ts';

export interface PredictAnswer {
  readonly model: { readonly name: string; readonly version: string; readonly digest: string };
  readonly simulatedFault?: string;
  readonly operatingPoint: OperatingPoint;
  readonly predictions: readonly PredictionAnswer[];
}

/** `POST /predict`: one row or many in, one prediction per row out, in the same order; answered as `PredictAnswer`. */
export function addPredictRoute(app: FastifyInstance, service: Service): void {
  const { model, encoder, configuration } = service;
  const fault = configuration.simulatedFault;
  const identity = { model: { name: model.name, version: model.version, digest: model.digest }, ...(fault && { simulatedFault: fault.text }) };
  const answerText = new AnswerText(identity, model.description.key);

  app.post('/predict', {
    ...scoringHooks(service),
    handler: async (request, reply) => {
      const completed = namesFlights(request.body) ? await completeFlights(service.featureStep, request.body, deadlineOf(request, reply, configuration.requests.deadline)) : undefined;
      const { rows, ...encoded } = encoder.encode(completed?.rows ?? readRequestBody(request.body, configuration.maximumRows));
      const { probabilities, point } = await scoreRows(service, { request, reply, rows: encoded, columns: rows, askedAt: completed?.askedAt });
      void reply.type('application/json; charset=utf-8');
      return answerText.write({ rows, probabilities, point }, completed?.notes);
    },
  });
}
