/** What the server tells a person about themselves. */
export interface Profile {
  readonly userId: number;
  readonly name: string;
  readonly phoneNumber: string;
  readonly username: string | null;
  readonly status: string | null;
  readonly profilePictureUrl: string | null;
  /** Shown rather than what the address leads to; its own is had from `media.urls`. */
  readonly pictureMediaId: number | null;
  readonly createdAt: string;
}

export interface StoredTokens {
  readonly accessToken: string;
  /** Until when to use the access token, in milliseconds since 1970 by this machine's clock, so a wrong clock harms nobody. */
  readonly accessFreshUntil: number;
  /** Works once. Whoever uses it must have stored its successor before doing anything else. */
  readonly refreshToken: string;
  readonly sessionId: number;
  readonly user: Profile;
}

/** Where the log-in lives. Shared by all tabs of a browser, so read it again rather than trusting a copy. */
export interface TokenStore {
  read(): StoredTokens | null;
  write(tokens: StoredTokens | null): void;
  /** Tells of writes by other tabs. */
  onChange?(listener: () => void): () => void;
}

export class MemoryTokenStore implements TokenStore {
  #tokens: StoredTokens | null = null;

  read(): StoredTokens | null {
    return this.#tokens;
  }

  write(tokens: StoredTokens | null): void {
    this.#tokens = tokens;
  }
}

/** Runs `work` while nobody else who uses the same name runs theirs. */
export type RunExclusive = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Web Locks where the browser has them (all tabs wait for one another), otherwise only the order within this tab. */
export const runExclusive: RunExclusive = (name, work) => {
  const locks = typeof navigator === 'undefined' ? undefined : navigator.locks;
  return locks ? (locks.request(name, work) as ReturnType<typeof work>) : work();
};
