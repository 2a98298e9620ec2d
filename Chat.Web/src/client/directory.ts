import type { UserView } from './contract';
import { Observable } from './observable';

const BatchSize = 100;
const GatherMs = 20;
const RetryMs = 5_000;

/** The people one has met. Asks for unknown ones in batches, by the way. */
export class UserDirectory {
  /** Null: the server does not know them either. */
  readonly #users = new Map<number, UserView | null>();
  readonly #wanted = new Set<number>();
  readonly #changes = new Observable();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #version = 0;
  #closed = false;

  constructor(private readonly fetchUsers: (ids: readonly number[]) => Promise<readonly UserView[]>) {}

  readonly subscribe = this.#changes.subscribe;
  /** Changes whenever somebody in the directory does. */
  readonly getVersion = (): number => this.#version;

  /** Undefined while not known; asking starts to find out. */
  get(userId: number): UserView | null | undefined {
    // Who posts in a channel is told to nobody.
    if (userId === 0) return null;
    const user = this.#users.get(userId);
    if (user === undefined && !this.#wanted.has(userId)) {
      this.#wanted.add(userId);
      this.#schedule(GatherMs);
    }
    return user;
  }

  put(...users: readonly UserView[]): void {
    let changed = false;
    for (const user of users) {
      this.#wanted.delete(user.userId);
      if (JSON.stringify(this.#users.get(user.userId)) === JSON.stringify(user)) continue;
      this.#users.set(user.userId, user);
      changed = true;
    }
    if (changed) this.#changed();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #schedule(ms: number): void {
    if (this.#closed) return;
    this.#timer ??= setTimeout(() => void this.#load(), ms);
  }

  async #load(): Promise<void> {
    const ids = [...this.#wanted].slice(0, BatchSize);
    let next = GatherMs;
    try {
      const users = ids.length > 0 ? await this.fetchUsers(ids) : [];
      this.put(...users);
      for (const id of ids) {
        if (this.#wanted.delete(id)) this.#users.set(id, null);
      }
      this.#changed();
    } catch {
      // Names are decoration: whoever asks again gets them when the server answers again.
      next = RetryMs;
    }
    this.#timer = null;
    if (this.#wanted.size > 0) this.#schedule(next);
  }

  #changed(): void {
    this.#version++;
    this.#changes.changed();
  }
}
