import { ChatError } from './errors';
import type { Http, HttpRequest } from './http';
import { Observable } from './observable';
import { runExclusive, type Profile, type RunExclusive, type StoredTokens, type TokenStore } from './tokens';

export interface AuthResult {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
  readonly sessionId: number;
  readonly user: Profile;
}

export interface Registration {
  readonly name: string;
  readonly phoneNumber: string;
  readonly password: string;
  readonly username?: string;
}

export interface SessionOptions {
  readonly http: Http;
  readonly store: TokenStore;
  readonly deviceName?: string;
  readonly runExclusive?: RunExclusive;
}

/** A token this close to its end (or past half of a shorter life) is replaced before use, so that it does not end on the way. */
const RefreshAheadMs = 30_000;
const RefreshLock = 'chat.refresh';

/**
 * The log-in of this device: who is logged in, and a valid access token whenever one is needed.
 * A refresh token works once and using it twice ends the session, so all tabs take turns.
 */
export class Session {
  readonly #http: Http;
  readonly #store: TokenStore;
  readonly #deviceName: string | undefined;
  readonly #runExclusive: RunExclusive;
  readonly #changes = new Observable();
  #refreshing: Promise<string> | null = null;
  #user: Profile | null;

  constructor(options: SessionOptions) {
    this.#http = options.http;
    this.#store = options.store;
    this.#deviceName = options.deviceName;
    this.#runExclusive = options.runExclusive ?? runExclusive;
    this.#user = this.#store.read()?.user ?? null;
    this.#store.onChange?.(() => this.#readUser());
  }

  readonly subscribe = this.#changes.subscribe;

  /** Who is logged in; null when nobody is. The same object until it changes. */
  readonly getUser = (): Profile | null => this.#user;

  async register(registration: Registration): Promise<Profile> {
    return this.#start('/api/auth/register', registration);
  }

  /** `login` is a phone number or a username. */
  async login(login: string, password: string): Promise<Profile> {
    return this.#start('/api/auth/login', { login, password });
  }

  /** Ends the session here whatever the server answers: nobody should stay logged in because of a bad network. */
  async logout(): Promise<void> {
    const tokens = this.#store.read();
    this.#write(null);
    if (tokens === null) return;
    try {
      const accessToken = isFresh(tokens) ? tokens.accessToken : (await this.#exchange(tokens)).accessToken;
      await this.#http.send({ method: 'POST', path: '/api/auth/logout', accessToken });
    } catch {
      // The session ends by itself when its refresh token expires; it can also be ended from another device.
    }
  }

  /** A token that is valid for a while, refreshed if need be. Throws `unauthenticated` when nobody is logged in. */
  async accessToken(): Promise<string> {
    const tokens = this.#store.read();
    if (tokens === null) throw loggedOut();
    return isFresh(tokens) ? tokens.accessToken : this.refresh(tokens.accessToken);
  }

  /** A call in the name of the user; a token that the server refuses is refreshed once. */
  async send<T>(request: HttpRequest): Promise<T> {
    const accessToken = await this.accessToken();
    try {
      return await this.#http.send<T>({ ...request, accessToken });
    } catch (error) {
      if (!(error instanceof ChatError) || error.code !== 'unauthenticated') throw error;
      return this.#http.send<T>({ ...request, accessToken: await this.refresh(accessToken) });
    }
  }

  /** Throws `unauthenticated` if the server does not accept this token. */
  async check(accessToken: string): Promise<void> {
    await this.#http.send({ method: 'GET', path: '/api/me', accessToken });
  }

  /** Replaces the access token `refused`. Callers at the same time share one refresh. */
  refresh(refused: string): Promise<string> {
    this.#refreshing ??= this.#runExclusive(RefreshLock, () => this.#refreshAlone(refused)).finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refreshAlone(refused: string): Promise<string> {
    // Another tab may have refreshed, or logged out, while this one waited for the lock.
    const tokens = this.#store.read();
    if (tokens === null) {
      this.#readUser();
      throw loggedOut();
    }
    if (tokens.accessToken !== refused && isFresh(tokens)) return tokens.accessToken;
    try {
      const result = await this.#exchange(tokens);
      if (!this.#isCurrent(tokens)) throw loggedOut();
      this.#write(toTokens(result));
      return result.accessToken;
    } catch (error) {
      if (!(error instanceof ChatError) || error.retryable) throw error;
      if (this.#isCurrent(tokens)) this.#write(null);
      throw loggedOut();
    }
  }

  #exchange(tokens: StoredTokens): Promise<AuthResult> {
    return this.#http.send<AuthResult>({
      method: 'POST',
      path: '/api/auth/refresh',
      body: { refreshToken: tokens.refreshToken },
    });
  }

  /** False once somebody logged out or in meanwhile: what they did counts, not our late answer. */
  #isCurrent(tokens: StoredTokens): boolean {
    return this.#store.read()?.refreshToken === tokens.refreshToken;
  }

  /** Keeps a profile that the server sent, so that the next start shows it before it is online. */
  async keepUser(user: Profile): Promise<void> {
    await this.#runExclusive(RefreshLock, async () => {
      const tokens = this.#store.read();
      if (tokens !== null && tokens.user.userId === user.userId) this.#write({ ...tokens, user });
    });
  }

  async #start(path: string, body: object): Promise<Profile> {
    const deviceName = this.#deviceName;
    const result = await this.#http.send<AuthResult>({
      method: 'POST',
      path,
      body: deviceName === undefined ? body : { ...body, deviceName },
    });
    this.#write(toTokens(result));
    return result.user;
  }

  #write(tokens: StoredTokens | null): void {
    this.#store.write(tokens);
    this.#readUser();
  }

  #readUser(): void {
    const user = this.#store.read()?.user ?? null;
    if (JSON.stringify(user) === JSON.stringify(this.#user)) return;
    this.#user = user;
    this.#changes.changed();
  }
}

function toTokens(result: AuthResult): StoredTokens {
  const lifeMs = result.expiresInSeconds * 1000;
  return {
    accessToken: result.accessToken,
    accessFreshUntil: Date.now() + Math.max(lifeMs / 2, lifeMs - RefreshAheadMs),
    refreshToken: result.refreshToken,
    sessionId: result.sessionId,
    user: result.user,
  };
}

function isFresh(tokens: StoredTokens): boolean {
  return Date.now() < tokens.accessFreshUntil;
}

function loggedOut(): ChatError {
  return new ChatError('unauthenticated', 'You are logged out.', false);
}
