/** Every way a request is refused, with the HTTP status that says whose turn it is. Documented in serving/README.md. */
export const requestErrors = {
  'body-invalid': 400,
  'body-too-large': 413,
  /** The caller hung up before its rows were scored; nobody reads the answer, so that the number is only counted. */
  'client-closed': 499,
  'column-missing': 400,
  'column-unknown': 400,
  'content-type-unsupported': 415,
  'deadline-exceeded': 504,
  'deadline-invalid': 400,
  'features-loading': 503,
  'features-off': 400,
  'features-stale': 503,
  'features-unavailable': 503,
  'flight-invalid': 400,
  'flight-unknown': 404,
  'headers-too-large': 431,
  'http-invalid': 400,
  'inference-header-invalid': 400,
  internal: 500,
  'method-not-allowed': 405,
  'moment-invalid': 400,
  'not-found': 404,
  overloaded: 503,
  'request-timeout': 408,
  'row-invalid': 400,
  'rows-empty': 400,
  'score-invalid': 500,
  'tensor-duplicate': 400,
  'tensor-invalid': 400,
  'tensor-missing': 400,
  'tensor-unknown': 400,
  'too-many-rows': 413,
  'value-invalid': 400,
} as const satisfies Record<string, number>;

export type RequestErrorCode = keyof typeof requestErrors;

export interface RequestErrorPlace {
  /** Position in `rows`, from 0. */
  readonly row?: number;
  readonly column?: string;
}

/** A request that is refused: `message` says what was found and what is allowed. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: RequestErrorCode;
  readonly statusCode: number;
  readonly place: RequestErrorPlace;

  constructor(code: RequestErrorCode, message: string, place: RequestErrorPlace = {}) {
    super(message);
    this.code = code;
    this.statusCode = requestErrors[code];
    this.place = place;
  }

  toBody(): { error: { code: RequestErrorCode; message: string } & RequestErrorPlace } {
    return { error: { code: this.code, message: this.message, ...this.place } };
  }
}
