import { Backoff } from './backoff';
import type { Chat } from './chat';
import type { ChatStore } from './chatStore';
import type { Connection } from './connection';
import { parseHubError } from './errors';

/** Marks are gathered for this long: a burst of messages costs one call. */
export const GatherMs = 200;
/** Chats marked per round; after a long absence there may be many. */
const ChatsPerRound = 20;

/**
 * Tells the server what arrived and what the user saw. Only the newest mark of a chat is ever sent,
 * and only when it is ahead of what the server is known to have.
 */
export class ReceiptSender {
  readonly #waiting = new Set<number>();
  readonly #inFlight = new Set<number>();
  readonly #backoff: Backoff;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly connection: Connection,
    private readonly store: ChatStore,
    random?: () => number,
  ) {
    this.#backoff = new Backoff(500, 30_000, random);
  }

  /** To be called when a chat's messages or own marks moved. */
  note(chat: Chat): void {
    // The catch-up of the next connection notes every chat again.
    if (this.connection.getState() !== 'online' || this.#waiting.has(chat.chatId) || !isBehind(chat)) return;
    this.#waiting.add(chat.chatId);
    this.#schedule(GatherMs);
  }

  offline(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting.clear();
    this.#inFlight.clear();
  }

  #schedule(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#round();
    }, ms);
  }

  #round(): void {
    const chatIds = [...this.#waiting].filter((chatId) => !this.#inFlight.has(chatId)).slice(0, ChatsPerRound);
    for (const chatId of chatIds) {
      this.#waiting.delete(chatId);
      const chat = this.store.get(chatId);
      if (chat !== undefined && isBehind(chat)) void this.#mark(chat);
    }
    // Those in flight schedule the next round themselves when they are done.
    if ([...this.#waiting].some((chatId) => !this.#inFlight.has(chatId))) this.#schedule(GatherMs);
  }

  async #mark(chat: Chat): Promise<void> {
    const { chatId } = chat;
    const epoch = this.connection.epoch;
    const { readUpTo } = chat.watermarks;
    let waitMs = GatherMs;
    this.#inFlight.add(chatId);
    try {
      if (readUpTo > chat.acknowledged.readUpTo) this.#marked(chat, await this.connection.call('MarkRead', { chatId, upTo: readUpTo }));
      else this.#marked(chat, await this.connection.call('MarkDelivered', { chatId, upTo: chat.window.upTo }));
      this.#backoff.reset();
    } catch (error) {
      const { retryable, retryAfterMs } = parseHubError(error);
      if (retryable) waitMs = Math.max(GatherMs, this.#backoff.next(retryAfterMs));
      // A mark that the server does not take is not worth asking twice; a later one may do.
      else chat.acknowledge({ deliveredUpTo: chat.window.upTo, readUpTo });
    }
    if (this.connection.epoch !== epoch || this.connection.getState() !== 'online') return;
    this.#inFlight.delete(chatId);
    if (isBehind(chat)) this.#waiting.add(chatId);
    if (this.#waiting.size > 0) this.#schedule(waitMs);
  }

  #marked(chat: Chat, marks: { deliveredUpTo: number; readUpTo: number }): void {
    chat.acknowledge(marks);
    chat.advance({ deliveredUpTo: marks.deliveredUpTo, readUpTo: marks.readUpTo });
    this.store.changed(chat.chatId);
  }
}

function isBehind(chat: Chat): boolean {
  const { deliveredUpTo, readUpTo } = chat.acknowledged;
  return chat.watermarks.readUpTo > readUpTo || chat.hasOthersAbove(deliveredUpTo);
}
