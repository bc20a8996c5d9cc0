import { type RequestDeadline, withinDeadline } from '../predict/request-deadline.ts';
import { RequestError } from '../request-error.ts';
import { collectGarbage } from './collect-garbage.ts';
import type { EvaluatedMinute } from './evaluated-minute.ts';
import { EvaluationQueue } from './evaluation-queue.ts';
import { type FeatureDatabase, leavesWithin } from './feature-database.ts';
import type { FeatureMetrics } from './feature-metrics.ts';
import type { CompletedFlights, FeatureStep } from './feature-step.ts';
import type { FeedIntake } from './feed-intake.ts';
import { type FeedState, judgeFeed } from './feed-state.ts';
import type { FlightLedger } from './flight-ledger.ts';
import { type AskedFlight, readFlightRequest } from './flight-request.ts';

export interface OnlineFeaturesOptions {
  readonly database: FeatureDatabase;
  readonly ledger: FlightLedger;
  readonly intake: FeedIntake;
  readonly metrics: FeatureMetrics;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly maximumRows: number;
  readonly maximumAge: number;
  readonly answerStale: boolean;
  readonly onFailure?: (cause: unknown) => void;
}

const minute = 60_000;
/** Minutes that stay answerable without another evaluation, and the most that one request may ask about: each costs a query. */
const kept = 16;
/** Past minutes that wait for their evaluation at most. */
const maximumWaiting = 8;
/** Flights that leave tens of megabytes behind on their way into the database. */
const manyRows = 5000;
/** 18 days of look-back before the day of the earliest flight that could leave, and some. */
export const rememberedDays = 20;
/** Minutes between two looks for flights that no window reaches any more. */
const forgetEvery = 60;

/**
 * Online features. Once a minute the training's own query is evaluated for every flight that could leave at that minute (see FeatureDatabase); a request
 * is then a look-up. Events that come late for the minute are taken in as they come, and the minute is evaluated again.
 */
export class OnlineFeatures implements FeatureStep {
  readonly #options: OnlineFeaturesOptions;
  readonly #minutes = new Map<number, Promise<EvaluatedMinute>>();
  /** The newest minute that was asked to be evaluated, and what is answered of it until it is evaluated anew. */
  #latest: number | undefined;
  readonly #queue = new EvaluationQueue();
  /** How many requests wait for a minute: what nobody waits for any more is not evaluated. */
  readonly #wanted = new Map<number, number>();
  #advancing: Promise<void> | undefined;
  #loaded = false;
  #closed = false;

  constructor(options: OnlineFeaturesOptions) {
    this.#options = options;
  }

  get loaded(): boolean {
    // A feed that could not be reached at the start has told nothing of the past.
    return this.#loaded && Number.isFinite(this.#options.ledger.watermark);
  }

  /** Takes in what the feed has told, and evaluates the present minute where that is not done or no longer true. Never rejects. */
  async advance(): Promise<void> {
    this.#advancing ??= this.#advance().finally(() => {
      this.#advancing = undefined;
      this.#loaded = true;
    });
    await this.#advancing;
  }

  async complete(body: unknown, deadline: RequestDeadline): Promise<CompletedFlights> {
    const { ledger, now, maximumRows } = this.#options;
    const request = readFlightRequest(body, maximumRows);
    if (!this.#loaded) throw new RequestError('features-loading', `The past of the flight feed is being taken in; send the full columns, or ask again when /health/ready says "features": "ready".`);
    const moment = now();
    const present = Math.floor(moment / minute);
    if (this.#latest === undefined || this.#latest < present) await withinDeadline(this.advance(), deadline);
    const asked = request.flights.map((flight, row) => this.#askedAt(flight, { row, at: request.at, present }));
    const distinct = new Set(asked);
    if (distinct.size > kept) throw new RequestError('too-many-rows', `The flights are asked about at ${distinct.size} different minutes; at most ${kept} are answered at once. Send the others in further requests.`);
    const earliest = Math.min(...asked);
    const latest = Math.max(...asked);
    // A past minute is known as well as it ever will be once the feed has gone on.
    const state = this.#judge(latest === present ? moment : latest * minute);
    this.#demandLiving(state);
    const evaluated = new Map<number, EvaluatedMinute>();
    for (const each of distinct) evaluated.set(each, await this.#evaluated(each, deadline));
    const rows = request.flights.map((flight, row) => evaluated.get(asked[row] ?? earliest)?.row(flight.key) ?? this.#unknown(flight, row));
    this.#options.metrics.flights.inc({ status: state.status }, rows.length);
    const weather = evaluated.get(latest)?.weather;
    return {
      rows,
      features: {
        ...state,
        askedAt: asked.map((each) => new Date(each * minute).toISOString()),
        recordUntil: momentText(Math.min(...[...evaluated.values()].map(({ watermark }) => watermark))),
        rows: ledger.flights,
        unscheduled: ledger.unscheduled,
        weather: weather === undefined ? null : { newest: new Date(weather).toISOString(), ageSeconds: Math.round((latest * minute - weather) / 1000) },
        ...(state.status === 'gone' && { degraded: true as const }),
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#options.intake.stop();
    await this.#advancing;
    await this.#queue.idle();
    this.#options.database.close();
  }

  async #advance(): Promise<void> {
    const { intake, ledger, now } = this.#options;
    const changed = await intake.take(now(), this.#latest);
    const present = Math.floor(now() / minute);
    if (present % forgetEvery === 0) ledger.forgetBefore((present - rememberedDays * 1440) * minute);
    if (changed) this.#forgetEvaluated();
    if (!changed && this.#latest === present && this.#minutes.has(present)) return;
    const evaluation = this.#evaluate(present, true);
    if (this.#latest !== present) {
      this.#latest = present;
      this.#keep(present, evaluation);
      await evaluation.catch(() => undefined);
      return;
    }
    // Until it is evaluated anew, what was known before is answered; `recordUntil` says how far that went.
    try {
      await evaluation;
      this.#keep(present, evaluation);
    } catch {
      this.#minutes.delete(present);
    }
  }

  /** Late events: of past minutes nothing that was evaluated is true for sure. The present one is answered until it is evaluated anew. */
  #forgetEvaluated(): void {
    for (const each of this.#minutes.keys()) if (each !== this.#latest) this.#minutes.delete(each);
  }

  #keep(asked: number, evaluation: Promise<EvaluatedMinute>): void {
    this.#minutes.delete(asked);
    this.#minutes.set(asked, evaluation);
    // A failure is told to those who ask meanwhile; the next question tries again.
    evaluation.catch(() => {
      if (this.#minutes.get(asked) === evaluation) this.#minutes.delete(asked);
    });
    for (const oldest of this.#minutes.keys()) {
      if (this.#minutes.size <= kept) break;
      if (oldest !== this.#latest) this.#minutes.delete(oldest);
    }
  }

  /** A minute as it was evaluated, or evaluated now: past minutes cost a query each. */
  async #evaluated(asked: number, deadline: RequestDeadline): Promise<EvaluatedMinute> {
    let evaluation = this.#minutes.get(asked);
    if (evaluation === undefined) {
      if (this.#queue.length >= maximumWaiting) throw new RequestError('overloaded', `${maximumWaiting} past minutes wait for their evaluation; ask again in a moment.`);
      evaluation = this.#evaluate(asked);
      this.#keep(asked, evaluation);
    }
    this.#want(asked, 1);
    try {
      return await withinDeadline(evaluation, deadline);
    } catch (cause) {
      if (cause instanceof RequestError) throw cause;
      throw new RequestError('features-unavailable', `The features of ${new Date(asked * minute).toISOString()} cannot be computed (${cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)}); send the full columns, or ask again.`);
    } finally {
      this.#want(asked, -1);
    }
  }

  #want(asked: number, change: 1 | -1): void {
    const waiting = (this.#wanted.get(asked) ?? 0) + change;
    if (waiting > 0) this.#wanted.set(asked, waiting);
    else this.#wanted.delete(asked);
  }

  /** One after the other: the database takes one call at a time. The present minute goes before those that only a request asks about. */
  #evaluate(asked: number, urgent = false): Promise<EvaluatedMinute> {
    const { database, ledger, metrics, onFailure } = this.#options;
    return this.#queue.add(async () => {
      if (this.#closed) throw new Error('the service is ending');
      if (!urgent && !this.#wanted.has(asked)) {
        this.#minutes.delete(asked);
        throw new Error('nobody waits for it any more');
      }
      const end = metrics.tick.startTimer();
      try {
        const { watermark } = ledger;
        await this.#applyChanges();
        const evaluated = await database.evaluate(asked, watermark);
        end();
        return evaluated;
      } catch (cause) {
        metrics.tickFailures.inc();
        onFailure?.(cause);
        throw cause;
      }
    }, urgent);
  }

  async #applyChanges(): Promise<void> {
    const { database, ledger } = this.#options;
    const changes = ledger.takeChanges();
    try {
      await database.apply(changes);
    } catch (cause) {
      ledger.restoreChanges(changes);
      throw cause;
    }
    // After the feed's past: the query takes for a moment what was thrown away on the way.
    if (changes.rows.length > manyRows) collectGarbage();
  }

  #askedAt(flight: AskedFlight, { row, at, present }: { readonly row: number; readonly at: number | undefined; readonly present: number }): number {
    const known = this.#options.ledger.departure(flight.key);
    if (known === undefined) {
      // A feed that is silent may be all that is wrong with the key.
      this.#demandLiving(this.#judge(this.#options.now()));
      return this.#unknown(flight, row);
    }
    const { departed, scheduled } = known;
    const asked = at === undefined ? (departed !== undefined && departed <= present ? departed : present) : Math.floor(at / minute);
    const refuse = (message: string): never => {
      throw new RequestError('moment-invalid', `Flight ${row} (${flight.flightId}): ${message}`, { row });
    };
    if (asked > present) refuse(`"at" lies ahead: it is ${new Date(present * minute).toISOString()}.`);
    if (present - asked > 1440) refuse('it was asked for more than a day ago; replay past days with the pipeline instead.');
    if (departed !== undefined && asked > departed) refuse(`it left at ${new Date(departed * minute).toISOString()}, before "at"; ask with that moment, or leave "at" out.`);
    const wait = asked - scheduled;
    if (wait < -leavesWithin.before || wait > leavesWithin.after) refuse(`it was to leave at ${new Date(flight.scheduledDeparture).toISOString()}; off-block is answered from an hour before that to a day after.`);
    return asked;
  }

  #unknown(flight: AskedFlight, row: number): never {
    throw new RequestError('flight-unknown', `Flight ${row} (${flight.flightId}, ${new Date(flight.scheduledDeparture).toISOString()}) is not scheduled in the feed; correct the key, or send its full columns.`, { row });
  }

  /** @param moment Milliseconds since the epoch. */
  #judge(moment: number): FeedState {
    const { ledger, maximumAge } = this.#options;
    return judgeFeed({ watermark: ledger.watermark, moment, maximumAge, firstDue: (from, until) => ledger.firstDue(from, until) });
  }

  #demandLiving(state: FeedState): void {
    if (state.status !== 'gone' || this.#options.answerStale) return;
    const since = state.watermark === null ? 'has told nothing yet' : `is silent: its newest event is of ${state.watermark}, and for ${state.silentSeconds} s flights have been due`;
    throw new RequestError('features-stale', `The flight feed ${since} (allowed are ${this.#options.maximumAge / 1000} s); send the full columns, or ask again when it is back.`);
  }
}

/** ISO 8601; null where there is no such moment. */
function momentText(moment: number): string | null {
  return Number.isFinite(moment) ? new Date(moment).toISOString() : null;
}
