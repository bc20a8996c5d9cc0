import type { HttpAnswer } from './answer-reader.ts';
import type { PlannedRequest, ProbabilityPlace } from './load-plan.ts';

const tolerance = 1e-4;
/** Every so many answers one is read: to read all would make the load slower than the server. */
const checkEvery = 16;

function probabilityAt({ body }: HttpAnswer, place: ProbabilityPlace, jsonBytes: number | undefined): number {
  if (place.kind === 'binary-tensor') return jsonBytes === undefined ? Number.NaN : body.readFloatLE(jsonBytes);
  let value: unknown = JSON.parse(body.toString());
  for (const member of place.path) value = (value as Record<string | number, unknown> | undefined)?.[member];
  return typeof value === 'number' ? value : Number.NaN;
}

/** What came back in the measured time. */
export class AnswerCounter {
  readonly #place: ProbabilityPlace;
  readonly statuses = new Map<number, number>();
  readonly latencies: number[] = [];
  readonly refusalLatencies: number[] = [];
  readonly lateness: number[] = [];
  answers = 0;
  checked = 0;
  wrong = 0;

  constructor(place: ProbabilityPlace) {
    this.#place = place;
  }

  /** @param milliseconds since the request was due. */
  count(answer: HttpAnswer | undefined, request: PlannedRequest, milliseconds: number): void {
    const status = answer?.status ?? 0;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (answer === undefined) return;
    this.answers += 1;
    if (status !== 200) {
      this.refusalLatencies.push(milliseconds);
      return;
    }
    this.latencies.push(milliseconds);
    if (this.latencies.length % checkEvery === 1) this.#check(answer, request);
  }

  #check(answer: HttpAnswer, request: PlannedRequest): void {
    this.checked += 1;
    if (!(Math.abs(probabilityAt(answer, this.#place, answer.jsonBytes) - request.expected) <= tolerance)) this.wrong += 1;
  }
}
