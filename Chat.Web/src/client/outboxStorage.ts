import type { SendMessageRequest } from './contract';
import type { UploadedMedia } from './media';

/** What a message has beside its text, or in place of one. */
export type MessageExtras = Pick<SendMessageRequest, 'replyTo' | 'mentions' | 'location' | 'contact' | 'poll'> & { readonly file?: UploadedMedia };

/** A message on its way to the server. */
export interface OutboxEntry {
  /** Names the message on every attempt, so that a repeat is free. */
  readonly clientMessageId: string;
  readonly chatId: number;
  /** Empty where the message has none. */
  readonly text: string;
  readonly extras?: MessageExtras;
  /** Milliseconds since 1970; also the order within a chat, hence never the same twice in a tab. */
  readonly createdAt: number;
  readonly state: 'pending' | 'failed';
  /** Why it failed, for people. */
  readonly error: string | null;
}

/**
 * Keeps the outbox over a reload. All tabs of a user share it, so entries are written one by one:
 * a tab never writes what it does not know.
 */
export interface OutboxStorage {
  load(): readonly OutboxEntry[];
  put(entry: OutboxEntry): void;
  /** Like `put`, but only if the entry is still there: another tab may have sent it. */
  replace(entry: OutboxEntry): void;
  remove(clientMessageId: string): void;
  /** Tells of entries that another tab removed. */
  onRemoved?(listener: (clientMessageId: string) => void): () => void;
}

export class MemoryOutboxStorage implements OutboxStorage {
  readonly #entries = new Map<string, OutboxEntry>();

  load(): readonly OutboxEntry[] {
    return [...this.#entries.values()];
  }

  put(entry: OutboxEntry): void {
    this.#entries.set(entry.clientMessageId, entry);
  }

  replace(entry: OutboxEntry): void {
    if (this.#entries.has(entry.clientMessageId)) this.put(entry);
  }

  remove(clientMessageId: string): void {
    this.#entries.delete(clientMessageId);
  }
}

/** The part of `localStorage` that is used. */
export interface KeyValueStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** One key per entry: `chat.outbox.<userId>.<clientMessageId>`. */
export class KeyedOutboxStorage implements OutboxStorage {
  readonly #prefix: string;

  constructor(
    userId: number,
    private readonly storage: KeyValueStorage,
    private readonly onKeyRemoved?: (listener: (key: string) => void) => () => void,
  ) {
    this.#prefix = `chat.outbox.${userId}.`;
  }

  load(): readonly OutboxEntry[] {
    const entries: OutboxEntry[] = [];
    for (let i = 0; i < this.storage.length; i++) {
      const key = this.storage.key(i);
      if (key === null || !key.startsWith(this.#prefix)) continue;
      try {
        entries.push(JSON.parse(this.storage.getItem(key) ?? '') as OutboxEntry);
      } catch {
        // Not ours to judge: leave an unreadable entry where it is.
      }
    }
    return entries;
  }

  put(entry: OutboxEntry): void {
    this.storage.setItem(this.#prefix + entry.clientMessageId, JSON.stringify(entry));
  }

  replace(entry: OutboxEntry): void {
    if (this.storage.getItem(this.#prefix + entry.clientMessageId) !== null) this.put(entry);
  }

  remove(clientMessageId: string): void {
    this.storage.removeItem(this.#prefix + clientMessageId);
  }

  onRemoved(listener: (clientMessageId: string) => void): () => void {
    return (
      this.onKeyRemoved?.((key) => {
        if (key.startsWith(this.#prefix)) listener(key.slice(this.#prefix.length));
      }) ?? (() => {})
    );
  }
}
