import type { MessagePage, MessageView, SyncChatResult } from './contract';

/** Pushed messages kept aside while earlier ones are missing; beyond this a sync fetches them anyway. */
const MaxAside = 500;

/**
 * The part of a chat's history that is held here: it accounts for every id from `from` to `upTo`.
 * Ids in that range without a message are messages that the user may not see.
 */
export class MessageWindow {
  #messages: MessageView[] = [];
  #from: number;
  #upTo: number;
  #lastKnown: number;
  #hasOlder: boolean;
  readonly #aside = new Map<number, MessageView>();

  /** Starts with the head of a chat: its last message, if the user may see it. */
  constructor(lastMessageId: number, lastMessage: MessageView | null) {
    this.#upTo = lastMessageId;
    this.#lastKnown = lastMessageId;
    this.#from = lastMessageId + 1;
    this.#hasOlder = lastMessageId > 0;
    if (lastMessage !== null && lastMessage.messageId === lastMessageId) {
      this.#messages = [lastMessage];
      this.#from = lastMessageId;
      this.#hasOlder = lastMessageId > 1;
    }
  }

  /** Ascending. A new array after every change. */
  get messages(): readonly MessageView[] {
    return this.#messages;
  }

  get from(): number {
    return this.#from;
  }

  get upTo(): number {
    return this.#upTo;
  }

  get hasOlder(): boolean {
    return this.#hasOlder;
  }

  /** Pushed messages that wait for earlier ones. */
  get aside(): readonly MessageView[] {
    return [...this.#aside.values()].sort((a, b) => a.messageId - b.messageId);
  }

  /** True while a message is known to exist that is not held. */
  get hasHole(): boolean {
    return this.#lastKnown > this.#upTo;
  }

  /** A head or an answer says that the chat has come this far. */
  noteLast(messageId: number): void {
    this.#lastKnown = Math.max(this.#lastKnown, messageId);
  }

  /** A pushed or just sent message. Returns the messages that are held from now on: none for a known one or one kept aside. */
  post(message: MessageView): readonly MessageView[] {
    if (message.messageId <= this.#upTo) return [];
    this.noteLast(message.messageId);
    if (message.messageId > this.#upTo + 1 && this.#aside.size >= MaxAside) return [];
    this.#aside.set(message.messageId, message);
    return this.#drainAside();
  }

  /** An answer of `SyncChat` for what comes after the `upTo` that was asked with. Returns the messages that are new here. */
  applySync(result: SyncChatResult): readonly MessageView[] {
    this.noteLast(result.lastMessageId);
    if (result.upToMessageId <= this.#upTo) return [];
    const fresh = result.messages.filter((message) => message.messageId > this.#upTo);
    if (result.tooLong) {
      this.#messages = [...result.messages];
      this.#from = result.messages[0]?.messageId ?? result.upToMessageId + 1;
      this.#hasOlder = this.#from > 1;
    } else if (fresh.length > 0) {
      this.#messages = [...this.#messages, ...fresh];
    }
    this.#upTo = result.upToMessageId;
    return [...fresh, ...this.#drainAside()];
  }

  /** A page of `ListMessages` that was asked with `beforeMessageId`. Ignored if the window has moved since. */
  prepend(page: MessagePage, beforeMessageId: number): boolean {
    if (beforeMessageId !== this.#from) return false;
    this.#messages = [...page.messages, ...this.#messages];
    this.#hasOlder = page.hasOlder && page.messages.length > 0;
    this.#from = this.#hasOlder ? page.messages[0]!.messageId : 1;
    return true;
  }

  /** Starts afresh from a newer head, dropping everything before it. */
  restart(lastMessageId: number, lastMessage: MessageView | null): void {
    const fresh = new MessageWindow(lastMessageId, lastMessage);
    this.#messages = fresh.#messages;
    this.#from = fresh.#from;
    this.#upTo = fresh.#upTo;
    this.#hasOlder = fresh.#hasOlder;
    this.noteLast(lastMessageId);
    this.#drainAside();
  }

  /** Keeps only the last `count` messages. */
  trim(count: number): boolean {
    if (this.#messages.length <= count) return false;
    this.#messages = this.#messages.slice(-count);
    this.#from = this.#messages[0]!.messageId;
    this.#hasOlder = true;
    return true;
  }

  #drainAside(): readonly MessageView[] {
    const drained: MessageView[] = [];
    for (const id of this.#aside.keys()) {
      if (id <= this.#upTo) this.#aside.delete(id);
    }
    for (let next = this.#aside.get(this.#upTo + 1); next; next = this.#aside.get(this.#upTo + 1)) {
      this.#aside.delete(next.messageId);
      this.#upTo = next.messageId;
      drained.push(next);
    }
    if (drained.length > 0) this.#messages = [...this.#messages, ...drained];
    return drained;
  }
}
