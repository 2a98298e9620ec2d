import { errorCodes } from './contract';

/** The codes of the server, and two that only a client can see. */
export type ErrorCode = keyof typeof errorCodes | 'disconnected' | 'timeout';

export class ChatError extends Error {
  constructor(
    /** A code of the contract, `disconnected` or `timeout`; a code that this client does not know is kept as it came. */
    readonly code: ErrorCode | (string & {}),
    /** What went wrong, for people. */
    readonly text: string,
    readonly retryable: boolean,
    /** The request field to blame, if the server named one. */
    readonly field: string | null = null,
    /** How long the server asked to wait, in milliseconds. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(`${code}: ${text}`);
    this.name = 'ChatError';
  }
}

export function disconnected(text = 'The connection was lost.'): ChatError {
  return new ChatError('disconnected', text, true);
}

export function timedOut(text = 'The server did not answer in time.'): ChatError {
  return new ChatError('timeout', text, true);
}

const HubPrefix = 'HubException: ';
const CodesWithField: ReadonlySet<string> = new Set(['invalid', 'too_large', 'conflict']);
const RetryAfter = /\s*\(retry after (\d+) ms\)\s*$/;

/** Reads the error of a hub call: `code: text` or `code: field: text`, perhaps behind a sentence of the SignalR library. */
export function parseHubError(error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const prefixAt = message.lastIndexOf(HubPrefix);
  const body = prefixAt >= 0 ? message.slice(prefixAt + HubPrefix.length) : message;
  const match = /^([a-z][a-z_]*): ([\s\S]*)$/.exec(body);
  // Not in our form: the library's own words, which it uses when the call never reached the server or the answer never came.
  if (!match) return disconnected();
  return fromCode(match[1]!, match[2]!);
}

/** Reads a ProblemDetails answer. `body` is whatever could be parsed, also nothing. */
export function parseProblem(status: number, body: unknown, retryAfterHeader: string | null = null): ChatError {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const code = typeof problem.code === 'string' ? problem.code : codeOfStatus(status);
  const text = firstText(problem.detail, problem.title) ?? `The server answered ${status}.`;
  const parsed = fromCode(code, text, false);
  const field = typeof problem.field === 'string' ? problem.field : null;
  const seconds = retryAfterHeader === null ? NaN : Number(retryAfterHeader);
  const retryAfterMs = parsed.retryAfterMs ?? (Number.isFinite(seconds) ? seconds * 1000 : null);
  return new ChatError(code, parsed.text, parsed.retryable, field, retryAfterMs);
}

function fromCode(code: string, rest: string, withField = true): ChatError {
  const retry = RetryAfter.exec(rest);
  let text = retry ? rest.slice(0, retry.index) : rest;
  let field: string | null = null;
  if (withField && CodesWithField.has(code)) {
    const named = /^([A-Za-z_][\w.[\]]*): ([\s\S]*)$/.exec(text);
    if (named) {
      field = named[1]!;
      text = named[2]!;
    }
  }
  const known = Object.hasOwn(errorCodes, code) ? errorCodes[code as keyof typeof errorCodes] : null;
  return new ChatError(code, text, known?.retryable ?? false, field, retry ? Number(retry[1]) : null);
}

function codeOfStatus(status: number): string {
  const found = Object.entries(errorCodes).find(([, info]) => info.httpStatus === status);
  if (found) return found[0];
  // Proxies and load balancers answer with these on their own.
  return status === 502 || status === 504 ? 'unavailable' : status >= 500 ? 'internal' : 'invalid';
}

function firstText(...candidates: readonly unknown[]): string | null {
  for (const candidate of candidates) {
    if (typeof candidate === 'string' && candidate.trim() !== '') return candidate;
  }
  return null;
}
