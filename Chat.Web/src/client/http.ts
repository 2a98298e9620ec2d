import { disconnected, parseProblem, timedOut } from './errors';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly accessToken?: string;
}

export interface HttpOptions {
  /** Origin of the server, without a slash at the end; empty for the page's own. */
  readonly baseUrl?: string;
  readonly fetch?: typeof fetch;
  readonly timeoutMs?: number;
}

/** JSON over HTTP; every failure comes out as a `ChatError`. */
export class Http {
  readonly #baseUrl: string;
  readonly #fetch: typeof fetch;
  readonly #timeoutMs: number;

  constructor(options: HttpOptions = {}) {
    this.#baseUrl = options.baseUrl ?? '';
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.#timeoutMs = options.timeoutMs ?? 15_000;
  }

  async send<T>(request: HttpRequest): Promise<T> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), this.#timeoutMs);
    try {
      const response = await this.#fetch(this.#baseUrl + request.path, {
        method: request.method,
        headers: {
          Accept: 'application/json',
          ...(request.body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(request.accessToken === undefined ? {} : { Authorization: `Bearer ${request.accessToken}` }),
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        signal: abort.signal,
      });
      const text = await response.text();
      const body = parseJson(text);
      if (!response.ok) throw parseProblem(response.status, body, response.headers.get('Retry-After'));
      return body as T;
    } catch (error) {
      // fetch reports "no network" as a TypeError without any detail.
      if (error instanceof TypeError) throw disconnected('The server cannot be reached.');
      if (abort.signal.aborted) throw timedOut();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

function parseJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
