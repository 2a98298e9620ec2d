import { Backoff } from './backoff';
import type { Connection } from './connection';
import { limits, type PresenceView } from './contract';
import { parseHubError } from './errors';
import { Observable } from './observable';

/** Changes of who is watched are gathered for this long: scrolling through a list costs a few calls. */
export const GatherMs = 300;
/** What was known is shown for this long without a connection, so that a short break does not flicker. */
export const KeepMs = 5_000;

/** Who is online and who was last seen when, of those whom somebody watches; nothing is known of anybody else. */
export class PresenceWatcher {
  /** How many want to know, by user; who was asked for last stands last. */
  readonly #wanted = new Map<number, number>();
  readonly #known = new Map<number, PresenceView>();
  /** The highest revision that this connection told, by user. */
  readonly #revisions = new Map<number, number>();
  readonly #changes = new Observable();
  readonly #backoff: Backoff;
  /** Whom the server tells this connection about. */
  #watched: ReadonlySet<number> = new Set();
  /** Set while a call is under way: the users of whom something was pushed meanwhile. */
  #pushed: Set<number> | null = null;
  #stale = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #forgetTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly connection: Connection,
    random?: () => number,
  ) {
    this.#backoff = new Backoff(500, 30_000, random);
  }

  readonly subscribe = this.#changes.subscribe;

  /** Null: unknown, because not watched, not asked yet, or not to be known. The same object until it changes. */
  get(userId: number): PresenceView | null {
    return this.#known.get(userId) ?? null;
  }

  /** Watches somebody until the returned function is called. Of more than 100 the latest are told about. */
  watch(userId: number): () => void {
    const count = this.#wanted.get(userId) ?? 0;
    this.#wanted.delete(userId);
    this.#wanted.set(userId, count + 1);
    this.#schedule();
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const rest = this.#wanted.get(userId)! - 1;
      if (rest > 0) this.#wanted.set(userId, rest);
      else this.#wanted.delete(userId);
      this.#schedule();
    };
  }

  /** A new connection watches nobody. */
  online(): void {
    this.#schedule();
  }

  offline(): void {
    this.#stopTimer();
    this.#watched = new Set();
    this.#revisions.clear();
    this.#pushed = null;
    this.#stale = false;
    this.#backoff.reset();
    this.#forgetTimer ??= setTimeout(() => {
      this.#forgetTimer = null;
      this.#keep(new Set());
    }, KeepMs);
  }

  close(): void {
    this.offline();
    if (this.#forgetTimer !== null) clearTimeout(this.#forgetTimer);
    this.#forgetTimer = null;
  }

  /** Pushes may have been lost. */
  resync(): void {
    this.#stale = true;
    this.#schedule();
  }

  /** What the server pushed. */
  apply(presence: PresenceView): void {
    this.#pushed?.add(presence.userId);
    if (this.#watched.has(presence.userId)) this.#put(presence);
  }

  #schedule(ms = GatherMs): void {
    if (this.connection.getState() !== 'online' || this.#pushed !== null) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.#tell();
    }, ms);
  }

  /** One call at a time: the server answers calls at once, and a later one could be overtaken. */
  async #tell(): Promise<void> {
    const userIds = [...this.#wanted.keys()].slice(-limits.pageSize);
    if (!this.#stale && sameMembers(this.#watched, userIds)) return;
    const { epoch } = this.connection;
    const pushed = new Set<number>();
    let waitMs: number | null = GatherMs;
    this.#pushed = pushed;
    this.#stale = false;
    // From here on: of the new ones pushes come before the answer.
    this.#watched = new Set(userIds);
    try {
      const { presences } = await this.connection.call('WatchPresence', { userIds });
      if (this.#pushed !== pushed) return;
      const answered = new Set([...presences.map(({ userId }) => userId), ...pushed]);
      this.#keep(new Set(userIds.filter((userId) => answered.has(userId))));
      for (const presence of presences) this.#put(presence);
      this.#stopForgetting();
      this.#backoff.reset();
    } catch (error) {
      if (this.#pushed !== pushed) return;
      const { retryable, retryAfterMs } = parseHubError(error);
      // Presence is decoration: what the server does not take is asked again when somebody else is to be watched.
      waitMs = retryable ? this.#backoff.next(Math.max(GatherMs, retryAfterMs ?? 0)) : null;
      this.#stale ||= retryable;
    }
    this.#pushed = null;
    if (waitMs !== null && this.connection.epoch === epoch) this.#schedule(waitMs);
  }

  #put(presence: PresenceView): void {
    // Nodes push independently of each other: what is older may arrive last.
    if (presence.revision < (this.#revisions.get(presence.userId) ?? 0)) return;
    this.#revisions.set(presence.userId, presence.revision);
    const known = this.#known.get(presence.userId);
    if (known && known.online === presence.online && known.lastSeen === presence.lastSeen) return;
    this.#known.set(presence.userId, presence);
    this.#changes.changed();
  }

  #keep(userIds: ReadonlySet<number>): void {
    for (const userId of [...this.#known.keys()]) {
      if (userIds.has(userId)) continue;
      this.#known.delete(userId);
      this.#revisions.delete(userId);
      this.#changes.changed();
    }
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #stopForgetting(): void {
    if (this.#forgetTimer !== null) clearTimeout(this.#forgetTimer);
    this.#forgetTimer = null;
  }
}

function sameMembers(set: ReadonlySet<number>, ids: readonly number[]): boolean {
  return set.size === ids.length && ids.every((id) => set.has(id));
}
