import { Backoff } from './backoff';
import type { ChatHubMethods } from './contract';
import { ChatError, disconnected, parseHubError, timedOut } from './errors';
import { Observable } from './observable';
import type { HubEvent, HubTransport, HubTransportFactory } from './transport';

/** `offline`: waiting for the next attempt. `connecting`: an attempt is under way. */
export type ConnectionState = 'offline' | 'connecting' | 'online';

export interface AccessTokens {
  accessToken(): Promise<string>;
  refresh(refused: string): Promise<string>;
  /** Asks the server by HTTP whether it accepts this token; throws `unauthenticated` if not. */
  check(accessToken: string): Promise<void>;
}

export interface ConnectionOptions {
  readonly transport: HubTransportFactory;
  readonly tokens: AccessTokens;
  readonly random?: () => number;
  readonly callTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  /** Tells when the device got its network back: the next attempt is then made at once. */
  readonly onNetworkBack?: (listener: () => void) => () => void;
  /** Tells when the device lost its network, long before a silent connection would be noticed. */
  readonly onNetworkLost?: (listener: () => void) => () => void;
}

export interface ConnectionHandlers {
  onOnline(): void;
  onOffline(): void;
  onEvent(event: HubEvent): void;
  /** The log-in ended; the connection stops trying. */
  onUnauthenticated(): void;
}

type Method = keyof ChatHubMethods;
type Request<M extends Method> = Parameters<ChatHubMethods[M]>[0];
type Result<M extends Method> = Awaited<ReturnType<ChatHubMethods[M]>>;

/** Keeps one hub connection alive for as long as it runs, and carries calls over it. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #backoff: Backoff;
  readonly #changes = new Observable();
  readonly #pendingCalls = new Set<(error: ChatError) => void>();
  #handlers: ConnectionHandlers = { onOnline() {}, onOffline() {}, onEvent() {}, onUnauthenticated() {} };
  #state: ConnectionState = 'offline';
  #transport: HubTransport | null = null;
  #epoch = 0;
  #running = false;
  #retryTimer: ReturnType<typeof setTimeout> | null = null;
  #stableTimer: ReturnType<typeof setTimeout> | null = null;
  #leaveTimer: ReturnType<typeof setTimeout> | null = null;
  /** This connection was made because a server sent us away, and it has not held yet. */
  #sentAway = false;
  #forgetNetwork: (() => void)[] = [];

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#backoff = new Backoff(1_000, 30_000, options.random);
  }

  readonly subscribe = this.#changes.subscribe;
  readonly getState = (): ConnectionState => this.#state;

  /** Counts the connections made; the same number means the same connection. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Once in the life of this object; after `stop` make a new one. */
  start(handlers: ConnectionHandlers): void {
    if (this.#running) return;
    this.#handlers = handlers;
    this.#running = true;
    const { onNetworkBack, onNetworkLost } = this.#options;
    if (onNetworkBack) this.#forgetNetwork.push(onNetworkBack(() => this.retryNow()));
    if (onNetworkLost) this.#forgetNetwork.push(onNetworkLost(() => this.#networkLost()));
    void this.#connect();
  }

  stop(): void {
    this.#running = false;
    for (const forget of this.#forgetNetwork) forget();
    this.#clearTimers();
    const transport = this.#transport;
    this.#ended(transport);
    this.#setState('offline');
    void transport?.stop().catch(() => {});
  }

  /** Ends the wait for the next attempt, for example because the network is back or the user asked. */
  retryNow(): void {
    if (!this.#running || this.#state !== 'offline') return;
    this.#backoff.reset();
    void this.#connect();
  }

  /** The server goes away. Its first word counts: one that repeats itself must not keep us for ever. */
  #leaveLater(afterMs: number): void {
    if (this.#state !== 'online' || this.#leaveTimer !== null) return;
    // Should every server send away whoever comes, they must not be hammered.
    const waitMs = this.#sentAway ? this.#backoff.next(afterMs) : afterMs;
    this.#leaveTimer = setTimeout(() => {
      const transport = this.#transport;
      this.#ended(transport);
      this.#sentAway = true;
      void transport?.stop().catch(() => {});
      void this.#connect();
    }, waitMs);
  }

  /** What was under way is repeated on the next connection; the news may be false, so attempts go on. */
  #networkLost(): void {
    const transport = this.#transport;
    if (this.#state !== 'online') return;
    this.#ended(transport);
    this.#retryLater();
    void transport?.stop().catch(() => {});
  }

  /** Rejects with a `ChatError`; with `disconnected` or `timeout` the call may or may not have been carried out. */
  call<M extends Method>(method: M, request: Request<M>): Promise<Result<M>> {
    const transport = this.#transport;
    if (this.#state !== 'online' || transport === null) return Promise.reject(disconnected('You are offline.'));
    return new Promise<Result<M>>((resolve, reject) => {
      const fail = (error: unknown): void => {
        settle();
        const parsed = parseHubError(error);
        reject(parsed);
        // The next attempt to connect finds out whether a refresh helps.
        if (isUnauthenticated(parsed)) void transport.stop().catch(() => {});
      };
      const timer = setTimeout(() => fail(timedOut()), this.#options.callTimeoutMs ?? 15_000);
      const settle = (): void => {
        clearTimeout(timer);
        this.#pendingCalls.delete(fail);
      };
      this.#pendingCalls.add(fail);
      transport.invoke(method, request).then((result) => {
        settle();
        resolve(result as Result<M>);
      }, fail);
    });
  }

  async #connect(): Promise<void> {
    this.#clearTimers();
    this.#setState('connecting');
    let accessToken: string | null = null;
    let transport: HubTransport | null = null;
    try {
      accessToken = await this.#options.tokens.accessToken();
      if (!this.#running) return;
      transport = this.#options.transport(accessToken);
      this.#transport = transport;
      this.#listen(transport);
      await this.#startInTime(transport);
      if (this.#transport !== transport) return;
      this.#epoch++;
      this.#setState('online');
      // A server that accepts and drops at once must not be hammered: only a connection that holds resets the back-off.
      this.#stableTimer = setTimeout(() => {
        this.#backoff.reset();
        this.#sentAway = false;
      }, 5_000);
      this.#handlers.onOnline();
    } catch (error) {
      if (transport !== null && this.#transport !== transport) return;
      this.#transport = null;
      void transport?.stop().catch(() => {});
      await this.#attemptFailed(error, accessToken);
    }
  }

  #listen(transport: HubTransport): void {
    transport.onEvent = (event) => {
      if (this.#transport !== transport) return;
      if (event.name === 'ReconnectRequired') this.#leaveLater(event.payload.afterMs);
      this.#handlers.onEvent(event);
    };
    transport.onClose = () => {
      if (this.#transport !== transport || this.#state !== 'online') return;
      this.#ended(transport);
      this.#retryLater();
    };
  }

  #startInTime(transport: HubTransport): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(timedOut()), this.#options.connectTimeoutMs ?? 15_000);
      transport.start().then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  /** Browsers do not tell why a WebSocket failed, so a plain HTTP call finds out whether it was the token. */
  async #attemptFailed(error: unknown, accessToken: string | null): Promise<void> {
    let cause = error;
    let loggedOut = accessToken === null && isUnauthenticated(error);
    if (accessToken !== null) {
      try {
        await this.#options.tokens.check(accessToken);
      } catch (refused) {
        cause = refused;
        if (isUnauthenticated(refused)) {
          const failure = await this.#options.tokens.refresh(accessToken).then(() => null, (reason: unknown) => reason);
          cause = failure ?? refused;
          loggedOut = isUnauthenticated(failure);
        }
      }
    }
    if (!this.#running) return;
    if (!loggedOut) {
      this.#retryLater(cause instanceof ChatError ? cause.retryAfterMs : null);
      return;
    }
    this.stop();
    this.#handlers.onUnauthenticated();
  }

  #retryLater(atLeastMs: number | null = null): void {
    if (!this.#running) return;
    this.#setState('offline');
    this.#retryTimer = setTimeout(() => void this.#connect(), this.#backoff.next(atLeastMs));
  }

  #ended(transport: HubTransport | null): void {
    if (transport === null || this.#transport !== transport) return;
    this.#transport = null;
    const wasOnline = this.#state === 'online';
    this.#clearTimers();
    this.#setState('offline');
    for (const fail of [...this.#pendingCalls]) fail(disconnected());
    if (wasOnline) this.#handlers.onOffline();
  }

  #clearTimers(): void {
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    if (this.#stableTimer !== null) clearTimeout(this.#stableTimer);
    if (this.#leaveTimer !== null) clearTimeout(this.#leaveTimer);
    this.#retryTimer = null;
    this.#stableTimer = null;
    this.#leaveTimer = null;
  }

  #setState(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#changes.changed();
  }
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof ChatError && error.code === 'unauthenticated';
}
