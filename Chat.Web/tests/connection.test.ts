import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Backoff } from '../src/client/backoff';
import { Connection, type AccessTokens } from '../src/client/connection';
import { ChatError, parseHubError } from '../src/client/errors';
import type { HubTransport } from '../src/client/transport';
import { pass } from './support/harness';

describe('back-off', () => {
  test('waits between nothing and a ceiling that doubles from its first to its last', () => {
    const most = new Backoff(500, 30_000, () => 1);
    expect(Array.from({ length: 9 }, () => most.next())).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
    const least = new Backoff(500, 30_000, () => 0);
    expect(Array.from({ length: 3 }, () => least.next())).toEqual([0, 0, 0]);
    most.reset();
    expect(most.next()).toBe(500);
    for (let i = 0; i < 5_000; i++) most.next();
    expect(most.next()).toBe(30_000);
  });

  test('never shorter than the server asked for', () => {
    expect(new Backoff(500, 30_000, () => 0).next(1234)).toBe(1234);
    expect(new Backoff(500, 30_000, () => 1).next(100)).toBe(500);
  });
});

describe('hub errors', () => {
  test.each([
    ['HubException: not_found: no such chat', { code: 'not_found', text: 'no such chat', field: null, retryable: false }],
    ["An unexpected error occurred invoking 'SendMessage' on the server. HubException: invalid: text: must not be empty", { code: 'invalid', field: 'text', text: 'must not be empty' }],
    ['An error. HubException: outer. HubException: forbidden: owner only', { code: 'forbidden', text: 'owner only' }],
    ['too_large: memberIds: at most 1,023', { code: 'too_large', field: 'memberIds', text: 'at most 1,023' }],
    ['rate_limited: too many messages (retry after 1500 ms)', { code: 'rate_limited', text: 'too many messages', retryAfterMs: 1500, retryable: true }],
    ['unavailable: note: this is not a field', { code: 'unavailable', field: null, text: 'note: this is not a field', retryable: true }],
    ['internal: trace 42', { code: 'internal', retryable: true }],
    ['brand_new_code: whatever', { code: 'brand_new_code', text: 'whatever', retryable: false }],
    ['constructor: whatever', { code: 'constructor', retryable: false }],
    ['Invocation canceled due to the underlying connection being closed.', { code: 'disconnected', retryable: true }],
    ["Cannot send data if the connection is not in the 'Connected' State.", { code: 'disconnected', retryable: true }],
  ])('%s', (message, expected) => {
    expect(parseHubError(new Error(message))).toMatchObject(expected);
  });
});

describe('connection', () => {
  let attempts: number;
  let outcome: 'accept' | 'reject' | 'hang';
  let current: HubTransport;
  let refresh: () => Promise<string>;
  let check: () => Promise<void>;
  let networkBack: () => void;
  let networkLost: () => void;
  let ends: string[];
  let connection: Connection;

  beforeEach(() => {
    vi.useFakeTimers();
    attempts = 0;
    outcome = 'accept';
    ends = [];
    refresh = async () => 'new';
    check = async () => {};
    const tokens: AccessTokens = { accessToken: async () => 'token', refresh: () => refresh(), check: () => check() };
    connection = new Connection({
      tokens,
      random: () => 1,
      onNetworkBack: (listener) => ((networkBack = listener), () => {}),
      onNetworkLost: (listener) => ((networkLost = listener), () => {}),
      transport: () => {
        attempts++;
        let open = false;
        current = {
          onEvent: () => {},
          onClose: () => {},
          start: async () => {
            if (outcome === 'hang') return new Promise(() => {});
            if (outcome === 'reject') throw new Error('WebSocket failed to connect.');
            open = true;
          },
          stop: async () => {
            if (open) current.onClose();
            open = false;
          },
          invoke: () => new Promise(() => {}),
        };
        return current;
      },
    });
  });

  afterEach(() => {
    connection.stop();
    vi.useRealTimers();
  });

  const start = async (): Promise<void> => {
    connection.start({
      onOnline: () => ends.push('online'),
      onOffline: () => ends.push('offline'),
      onEvent: () => {},
      onUnauthenticated: () => ends.push('logged out'),
    });
    await pass(0);
  };

  test('tries again with growing waits', async () => {
    outcome = 'reject';
    await start();
    const times: number[] = [];
    for (let i = 0, seen = attempts; i < 240; i++) {
      await pass(500);
      if (attempts > seen) times.push(Date.now());
      seen = attempts;
    }
    const waits = times.slice(1).map((time, i) => time - times[i]!);
    expect(waits).toEqual([2000, 4000, 8000, 16000, 30000, 30000]);
  });

  test('reconnects after a drop; calls under way fail as disconnected', async () => {
    await start();
    const call = connection.call('GetChat', { chatId: 1 }).catch((error: unknown) => error);
    current.onClose();
    expect(await call).toMatchObject({ code: 'disconnected' });
    expect(connection.getState()).toBe('offline');
    await pass(1_000);
    expect(connection.getState()).toBe('online');
    expect(ends).toEqual(['online', 'offline', 'online']);
    expect(connection.epoch).toBe(2);
  });

  test('a server that accepts and drops at once is not hammered', async () => {
    await start();
    for (let i = 0; i < 60; i++) {
      if (connection.getState() === 'online') current.onClose();
      await pass(1_000);
    }
    expect(attempts).toBeLessThan(10);
  });

  test('the network coming back ends the wait', async () => {
    outcome = 'reject';
    await start();
    await pass(20_000);
    const before = attempts;
    outcome = 'accept';
    networkBack();
    await pass(0);
    expect(attempts).toBe(before + 1);
    expect(connection.getState()).toBe('online');
  });

  test('the network going away ends a connection that has not noticed yet, and attempts go on', async () => {
    await start();
    const before = attempts;
    outcome = 'reject';
    networkLost();
    expect(connection.getState()).toBe('offline');
    await pass(2_000);
    expect(attempts).toBeGreaterThan(before);
    outcome = 'accept';
    networkBack();
    await pass(0);
    expect(connection.getState()).toBe('online');
  });

  test('an attempt that hangs is given up', async () => {
    outcome = 'hang';
    await start();
    expect(connection.getState()).toBe('connecting');
    await pass(15_000);
    expect(connection.getState()).toBe('offline');
  });

  test('a call without an answer times out', async () => {
    await start();
    const call = connection.call('GetChat', { chatId: 1 }).catch((error: unknown) => error);
    await pass(15_000);
    expect(await call).toMatchObject({ code: 'timeout', retryable: true });
  });

  test('a refused token is refreshed, then it tries again', async () => {
    outcome = 'reject';
    check = async () => {
      throw new ChatError('unauthenticated', '', false);
    };
    refresh = async () => {
      outcome = 'accept';
      return 'new';
    };
    await start();
    await pass(1_000);
    expect(connection.getState()).toBe('online');
  });

  test('a log-in that ended stops it', async () => {
    outcome = 'reject';
    check = refresh = async () => {
      throw new ChatError('unauthenticated', '', false);
    };
    await start();
    await pass(120_000);
    expect(attempts).toBe(1);
    expect(ends).toEqual(['logged out']);
  });

  describe('when the server goes away', () => {
    const sendAway = (afterMs: number): void => current.onEvent({ name: 'ReconnectRequired', payload: { afterMs, reason: 'test' } });

    test('waits as long as it was told, then connects again at once', async () => {
      await start();
      const states: string[] = [];
      connection.subscribe(() => states.push(connection.getState()));
      const old = current;
      const call = connection.call('GetChat', { chatId: 1 }).catch((error: unknown) => error);
      sendAway(300);
      await pass(299);
      expect(attempts).toBe(1);
      await pass(1);
      expect(await call).toMatchObject({ code: 'disconnected', retryable: true });
      expect(attempts).toBe(2);
      expect(current).not.toBe(old);
      expect(connection.getState()).toBe('online');
      expect(ends).toEqual(['online', 'offline', 'online']);
      // Whoever watches the state never sees it offline, so nobody is told of a connection that is lost.
      expect(states).not.toContain('offline');
    });

    test('a disconnect in the meantime cancels it', async () => {
      await start();
      sendAway(5_000);
      current.onClose();
      await pass(1_000);
      expect(attempts).toBe(2);
      await pass(10_000);
      expect(attempts).toBe(2);
    });

    test('saying it twice changes nothing', async () => {
      await start();
      sendAway(1_000);
      await pass(900);
      sendAway(1_000);
      await pass(100);
      expect(attempts).toBe(2);
      await pass(10_000);
      expect(attempts).toBe(2);
    });

    test('a server that is not there yet is tried again with waits', async () => {
      await start();
      outcome = 'reject';
      sendAway(0);
      await pass(1);
      expect(attempts).toBe(2);
      expect(connection.getState()).toBe('offline');
      outcome = 'accept';
      await pass(1_000);
      expect(connection.getState()).toBe('online');
    });

    test('servers that send away whoever comes are not hammered', async () => {
      await start();
      for (let i = 0; i < 600; i++) {
        if (connection.getState() === 'online') sendAway(0);
        await pass(100);
      }
      // In a minute; without any wait it would be hundreds.
      expect(attempts).toBeLessThan(30);
    });

    test('nothing happens after the end', async () => {
      await start();
      sendAway(1_000);
      connection.stop();
      await pass(10_000);
      expect(attempts).toBe(1);
    });
  });

  test('while offline calls fail at once', async () => {
    await expect(connection.call('GetChat', { chatId: 1 })).rejects.toMatchObject({ code: 'disconnected' });
  });
});
