import { Backoff } from './backoff';
import type { Connection } from './connection';
import { disconnected, parseHubError } from './errors';

/**
 * Repeats a call that can be repeated after errors that pass, for as long as this very connection holds;
 * a new connection starts with a catch-up of its own, so then the call is given up as `disconnected`.
 */
export async function repeat<T>(connection: Connection, call: () => Promise<T>, random?: () => number): Promise<T> {
  const epoch = connection.epoch;
  const backoff = new Backoff(500, 30_000, random);
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const parsed = parseHubError(error);
      if (!parsed.retryable || connection.epoch !== epoch || connection.getState() !== 'online') throw parsed;
      await new Promise((resolve) => setTimeout(resolve, backoff.next(parsed.retryAfterMs)));
      if (connection.epoch !== epoch || connection.getState() !== 'online') throw disconnected();
    }
  }
}

/** Lets at most `limit` of the works that it is given run at a time. */
export function limited(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      // The place is handed on, so that nobody slips in between.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
