import type { MessageChangedEvent, MessagePage, MessagesHiddenEvent, MessageView, SyncChatResult } from './contract';
import { LateStates } from './lateStates';
import { isRemoved, newer, postedState, pushedState } from './messageStates';
import { Sequence } from './sequence';

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
  #changes: Sequence;
  #hidings: Sequence;
  readonly #late = new LateStates();
  readonly #aside = new Map<number, MessageView>();
  /** Messages of `#aside` that the user hid: they only count. */
  readonly #asideHidden = new Set<number>();

  /** Starts with the head of a chat: its last message, if the user may see it. */
  constructor(lastMessageId: number, lastMessage: MessageView | null, lastChangeId = 0, lastHideId = 0) {
    this.#changes = new Sequence(lastChangeId);
    this.#hidings = new Sequence(lastHideId);
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
    return [...this.#aside.values()].filter((message) => !this.#asideHidden.has(message.messageId)).sort((a, b) => a.messageId - b.messageId);
  }

  /** True while a message or a change is known to exist that is not held. */
  get hasHole(): boolean {
    return this.#lastKnown > this.#upTo || this.#changes.hasHole || this.#hidings.hasHole;
  }

  get upToChange(): number {
    return this.#changes.upTo;
  }

  get upToHide(): number {
    return this.#hidings.upTo;
  }

  /** A head or an answer says that the chat has come this far. */
  noteLast(messageId: number): void {
    this.#lastKnown = Math.max(this.#lastKnown, messageId);
  }

  /** The same of changes and of what the user hid. */
  noteLastChange(changeId: number, hideId: number): void {
    this.#changes.noteLast(changeId);
    this.#hidings.noteLast(hideId);
  }

  /** A message was changed. Returns whether one that is held now reads otherwise. */
  applyChange(event: MessageChangedEvent, me: number): boolean {
    if (event.hideId) this.#hidings.applied(event.hideId);
    else this.#changes.applied(event.changeId);
    const state = pushedState(event, me);
    if (state === null) return false;
    return isRemoved(state) ? this.#drop([state.messageId]) : this.#merge([state]);
  }

  /** The user hid messages. Returns whether some of them were held. */
  applyHidden({ hideId, messageIds }: MessagesHiddenEvent): boolean {
    this.#hidings.applied(hideId, hideId - messageIds.length + 1);
    return this.#drop(messageIds);
  }

  /** The user may see nothing from before this id any more. */
  dropBefore(visibleFrom: number): void {
    if (this.#from >= visibleFrom) return;
    this.#messages = this.#messages.filter(({ messageId }) => messageId >= visibleFrom);
    for (const id of this.#aside.keys()) if (id < visibleFrom) this.#asideHidden.add(id);
    this.#from = Math.min(visibleFrom, this.#upTo + 1);
    this.#hasOlder = false;
  }

  /** When the next of the held messages expires, in milliseconds of the epoch. */
  nextExpiry(): number {
    let next = Infinity;
    for (const { expiresAt } of [...this.#messages, ...this.aside]) {
      if (expiresAt) next = Math.min(next, Date.parse(expiresAt));
    }
    return next;
  }

  /** Drops messages whose time has come. Returns whether some of them were held. */
  dropExpired(now: number): boolean {
    const due = [...this.#messages, ...this.#aside.values()].filter(({ expiresAt }) => expiresAt && Date.parse(expiresAt) <= now);
    return due.length > 0 && this.#drop(due.map((message) => message.messageId));
  }

  /** A pushed or just sent message. Returns the messages that are held from now on: none for a known one or one kept aside. */
  post(message: MessageView): readonly MessageView[] {
    if (message.messageId <= this.#upTo) return [];
    this.noteLast(message.messageId);
    if (message.messageId > this.#upTo + 1 && this.#aside.size >= MaxAside) return [];
    this.#aside.set(message.messageId, postedState(message));
    return this.#drainAside();
  }

  /** An answer of `SyncChat` for what comes after the `upTo` that was asked with. Returns the messages that are new here. */
  applySync(result: SyncChatResult): readonly MessageView[] {
    this.noteLast(result.lastMessageId);
    this.noteLastChange(result.lastChangeId, result.upToHideId);
    this.#merge([...result.changes.filter((message) => !isRemoved(message)), ...result.messages.filter(({ messageId: id }) => id <= this.#upTo || this.#aside.has(id))]);
    this.#drop([...result.hiddenIds, ...result.changes.filter(isRemoved).map((message) => message.messageId)]);
    this.#changes.accountsFor(result.upToChangeId);
    this.#hidings.accountsFor(result.upToHideId);
    if (result.upToMessageId <= this.#upTo) return [];
    const fresh = this.#late.newest(result.messages.filter((message) => message.messageId > this.#upTo));
    if (result.tooLong) {
      this.#messages = [...this.#late.newest(result.messages)];
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
    this.#messages = [...this.#late.newest(page.messages), ...this.#messages];
    this.#hasOlder = page.hasOlder && page.messages.length > 0;
    this.#from = this.#hasOlder ? page.messages[0]!.messageId : 1;
    return true;
  }

  /** Starts afresh from a newer head, dropping everything before it. */
  restart(lastMessageId: number, lastMessage: MessageView | null, lastChangeId: number, lastHideId: number): void {
    const fresh = new MessageWindow(lastMessageId, lastMessage, lastChangeId, lastHideId);
    this.#changes = fresh.#changes;
    this.#hidings = fresh.#hidings;
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

  /** Takes the newer state of what is held, and remembers that of what is not. */
  #merge(news: readonly MessageView[]): boolean {
    const byId = new Map(news.map((message) => [message.messageId, message]));
    let changed = false;
    const merge = (held: MessageView): MessageView => {
      const state = byId.get(held.messageId);
      byId.delete(held.messageId);
      const merged = state ? newer(held, state) : held;
      changed ||= merged !== held;
      return merged;
    };
    const messages = this.#messages.map(merge);
    for (const [id, message] of this.#aside) this.#aside.set(id, merge(message));
    for (const message of byId.values()) this.#late.keep(message.messageId, message);
    if (changed) this.#messages = messages;
    return changed;
  }

  #drop(messageIds: readonly number[]): boolean {
    const gone = new Set(messageIds);
    const kept = this.#messages.filter((message) => !gone.has(message.messageId));
    const changed = kept.length < this.#messages.length;
    if (changed) this.#messages = kept;
    for (const id of gone) {
      this.#late.keep(id, null);
      if (this.#aside.has(id)) this.#asideHidden.add(id);
    }
    return changed;
  }

  #drainAside(): readonly MessageView[] {
    const drained: MessageView[] = [];
    for (const id of this.#aside.keys()) {
      if (id <= this.#upTo) this.#aside.delete(id);
    }
    for (let next = this.#aside.get(this.#upTo + 1); next; next = this.#aside.get(this.#upTo + 1)) {
      this.#aside.delete(next.messageId);
      this.#upTo = next.messageId;
      if (!this.#asideHidden.delete(next.messageId)) drained.push(next);
    }
    const seen = this.#late.newest(drained);
    if (seen.length > 0) this.#messages = [...this.#messages, ...seen];
    return seen;
  }
}
