import type { Chat } from './chat';
import type { ChatStore } from './chatStore';

/** The longest wait that a timer can take. */
const MaxWaitMs = 2 ** 31 - 1;

/** Drops messages when their time has come, whether the server can tell or not. */
export class ExpiryTimer {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAt = Infinity;

  constructor(private readonly store: ChatStore, private readonly onExpired: (chat: Chat) => void) {}

  /** A chat has other messages than before. */
  note(chat: Chat): void {
    const next = chat.window.nextExpiry();
    if (next < this.#dueAt) this.#schedule(next);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#dueAt = Infinity;
  }

  #schedule(dueAt: number): void {
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    if (dueAt < Infinity) this.#timer = setTimeout(() => this.#fire(), Math.min(Math.max(dueAt - Date.now(), 0), MaxWaitMs));
  }

  #fire(): void {
    this.#dueAt = Infinity;
    const chats = [...this.store.all()];
    for (const chat of chats) {
      if (chat.dropExpired(Date.now())) this.onExpired(chat);
    }
    this.#schedule(Math.min(Infinity, ...chats.map((chat) => chat.window.nextExpiry())));
  }
}
