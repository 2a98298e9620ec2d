import type {
  ChatSettingsView, ChatUpdatedEvent, ChatView, MessageChangedEvent, MessageView, MessagesHiddenEvent, ParticipantView, ReceiptView, SyncChatResult, UserView, WatermarksView,
} from './contract';
import { MessageWindow } from './messageWindow';
import type { OutboxEntry } from './outbox';
import { advance, MemberMarks, statusOf, type MessageStatus } from './watermarks';

/** A chat as a line of the chat list. */
export interface ChatSummary {
  readonly chatId: number;
  readonly type: string;
  readonly title: string | null;
  readonly peer: UserView | null;
  readonly role: string;
  readonly memberCount: number;
  /** The picture of a group or channel; its address is had from `media.urls`. */
  readonly pictureMediaId: number | null;
  /** Nothing was ever written in it. */
  readonly isEmpty: boolean;
  /** Null also where the user may not see it. */
  readonly lastMessage: MessageView | null;
  /** Of the last message, when it is one's own. */
  readonly lastMessageStatus: MessageStatus | null;
  /** The newest message that waits in the outbox. */
  readonly lastPending: OutboxEntry | null;
  readonly unreadCount: number;
  /** Unread messages that name the user. */
  readonly unreadMentions: number;
  readonly lastActivityAt: string;
  readonly settings: ChatSettingsView;
}

/** A chat as a conversation. */
export interface Conversation {
  readonly chatId: number;
  readonly messages: readonly MessageView[];
  /** To be shown after the messages. */
  readonly pending: readonly OutboxEntry[];
  readonly watermarks: WatermarksView;
  readonly hasOlder: boolean;
  readonly loadingOlder: boolean;
  /** Of a group, once they were asked for. */
  readonly members: readonly ParticipantView[] | null;
  /** How long new messages stay; 0 for good. */
  readonly disappearingSeconds: number;
}

/** One chat as this client holds it: the head, a window of messages, the marks. Knows no connection. */
export class Chat {
  readonly chatId: number;
  readonly type: string;
  readonly window: MessageWindow;
  readonly memberMarks = new MemberMarks();
  /** Whether the messages are kept over a reconnect; a chat that was never opened just takes its new head. */
  loaded = false;
  /** Whether members came or went since they were listed. */
  membersStale = true;
  loadingOlder = false;
  #view: ChatView;
  #watermarks: WatermarksView;
  /** Own marks that the server is known to have; the marks shown may be ahead of them. */
  #acknowledged: { deliveredUpTo: number; readUpTo: number };
  /** Whether a message that is not held, and may have counted as unread, was deleted or hidden since the head was read. */
  #unreadStale = false;
  #summary: ChatSummary | null = null;
  #conversation: Conversation | null = null;

  constructor(view: ChatView, private readonly me: number) {
    this.chatId = view.chatId;
    this.type = view.type;
    this.window = new MessageWindow(view.lastMessageId, view.lastMessage, view.lastChangeId, view.lastHideId);
    this.#view = view;
    this.#watermarks = view.watermarks;
    this.#acknowledged = view.watermarks;
  }

  get watermarks(): WatermarksView {
    return this.#watermarks;
  }

  get acknowledged(): { readonly deliveredUpTo: number; readonly readUpTo: number } {
    return this.#acknowledged;
  }

  touch(): void {
    this.#summary = null;
    this.#conversation = null;
  }

  get lastActivityAt(): string {
    const sentAt = this.window.messages.at(-1)?.sentAt ?? '';
    return Date.parse(sentAt) > Date.parse(this.#view.lastActivityAt) ? sentAt : this.#view.lastActivityAt;
  }

  /** Whether a head tells of messages or marks that are not known here. */
  isBehind(view: ChatView): boolean {
    const { window } = this;
    return view.lastMessageId > window.upTo || view.lastChangeId > window.upToChange || view.lastHideId > window.upToHide
      || advance(this.#watermarks, view.watermarks) !== this.#watermarks;
  }

  applyHead(view: ChatView): void {
    // Two answers may overtake each other; the one that saw more messages is the later one.
    const { title, peer, memberCount, role, pictureMediaId } = view;
    const settings = newer(view.settings, this.#view.settings);
    this.#view =
      view.lastMessageId >= this.#view.lastMessageId ? { ...view, settings } : { ...this.#view, title, peer, memberCount, role, pictureMediaId, settings };
    this.advance(view.watermarks);
    this.acknowledge(view.watermarks);
    const { lastMessageId, lastMessage, lastChangeId, lastHideId } = view;
    const isNewer = lastMessageId > this.window.upTo || lastChangeId > this.window.upToChange || lastHideId > this.window.upToHide;
    if (this.loaded || lastMessageId < this.window.upTo) {
      this.window.noteLast(lastMessageId);
      this.window.noteLastChange(lastChangeId, lastHideId);
    } else if (isNewer) {
      this.window.restart(lastMessageId, lastMessage, lastChangeId, lastHideId);
    }
    // Whoever was removed and came back while this client was away is told so by nothing else.
    this.window.dropBefore(view.visibleFrom);
    this.#unreadStale = false;
    this.touch();
  }

  applySettings(settings: ChatSettingsView): void {
    this.#view = { ...this.#view, settings: newer(settings, this.#view.settings) };
    this.touch();
  }

  applyUpdated(event: ChatUpdatedEvent): void {
    this.#view = { ...this.#view, title: event.title, memberCount: event.memberCount, pictureMediaId: event.pictureMediaId };
    this.membersStale = true;
    this.touch();
  }

  post(message: MessageView): readonly MessageView[] {
    const held = this.window.post(message);
    this.#heldMore(held);
    return held;
  }

  applySync(result: SyncChatResult): readonly MessageView[] {
    const held = this.window.applySync(result);
    this.window.dropBefore(result.visibleFrom);
    this.advance(result.watermarks);
    this.acknowledge(result.watermarks);
    this.#heldMore(held);
    return held;
  }

  applyChange(event: MessageChangedEvent): void {
    const { message } = event;
    this.window.applyChange(event, this.me);
    // Unread ones that are not held: a deleted one counts no more, and an edited one may name others now.
    const counts = message?.deletedAt || event.kind === 'edited';
    if (message && counts && message.messageId < this.window.from && message.messageId > this.#watermarks.readUpTo) this.#unreadStale = true;
    this.touch();
  }

  applyHidden(event: MessagesHiddenEvent): void {
    this.window.applyHidden(event);
    if (event.messageIds.some((id) => id < this.window.from && id > this.#watermarks.readUpTo)) this.#unreadStale = true;
    this.touch();
  }

  /** Returns whether messages went. */
  dropExpired(now: number): boolean {
    const dropped = this.window.dropExpired(now);
    if (dropped) this.touch();
    return dropped;
  }

  applyReceipts(receipts: readonly ReceiptView[]): void {
    for (const receipt of receipts) {
      if (receipt.userId === this.me) {
        this.advance({ deliveredUpTo: receipt.deliveredUpTo, readUpTo: receipt.readUpTo });
        this.acknowledge(receipt);
      } else if (this.type === 'direct') {
        this.advance({ othersDeliveredUpTo: receipt.deliveredUpTo, othersReadUpTo: receipt.readUpTo });
      } else {
        this.memberMarks.add(receipt);
      }
    }
    this.advance(this.memberMarks.lowestOfOthers(this.me) ?? {});
  }

  setMembers(members: readonly ParticipantView[]): void {
    this.memberMarks.setMembers(members);
    this.membersStale = false;
    this.advance(this.memberMarks.lowestOfOthers(this.me) ?? {});
    this.touch();
  }

  advance(news: Partial<WatermarksView>): void {
    this.#watermarks = advance(this.#watermarks, news);
    this.touch();
  }

  acknowledge(marks: { deliveredUpTo: number; readUpTo: number }): void {
    this.#acknowledged = {
      deliveredUpTo: Math.max(this.#acknowledged.deliveredUpTo, marks.deliveredUpTo),
      readUpTo: Math.max(this.#acknowledged.readUpTo, marks.readUpTo),
    };
  }

  /** Whether somebody else's message may lie above a mark of one's own, so that moving it tells somebody something. */
  hasOthersAbove(mark: number): boolean {
    if (this.window.upTo <= mark) return false;
    if (this.window.from > mark + 1) return true;
    return this.window.messages.some((message) => message.messageId > mark && message.senderId !== this.me);
  }

  /** Whether news of the others' marks would change the ticks of a message that is held. */
  get awaitsReceipts(): boolean {
    const own = this.window.messages.findLast((message) => message.senderId === this.me);
    return own !== undefined && own.messageId > this.#watermarks.othersReadUpTo;
  }

  /** True when the unread count cannot be told from what is held; a fresh head tells it. */
  get unreadIsGuess(): boolean {
    return this.#unreadStale || this.#unread(this.#view.unreadCount, this.#countsAsUnread).guess;
  }

  summary(pending: readonly OutboxEntry[]): ChatSummary {
    if (this.#summary !== null) return this.#summary;
    const lastMessage = this.conversation(pending).messages.at(-1) ?? null;
    const own = lastMessage !== null && lastMessage.senderId === this.me;
    const { chatId, type, title, peer, role, memberCount, pictureMediaId, lastActivityAt, settings } = this.#view;
    const lastPending = this.conversation(pending).pending.at(-1) ?? null;
    const times = [lastActivityAt, lastMessage?.sentAt ?? '', lastPending ? new Date(lastPending.createdAt).toISOString() : ''];
    this.#summary = {
      chatId,
      type,
      title,
      peer,
      role,
      memberCount,
      pictureMediaId,
      isEmpty: this.window.upTo === 0,
      lastMessage,
      lastMessageStatus: own ? statusOf(lastMessage.messageId, this.#watermarks, lastMessage.withheld) : null,
      lastPending,
      unreadCount: this.#unread(this.#view.unreadCount, this.#countsAsUnread).count,
      unreadMentions: this.#unread(this.#view.unreadMentions, this.#namesMe).count,
      lastActivityAt: times.reduce((a, b) => (Date.parse(b) > Date.parse(a) ? b : a)),
      settings,
    };
    return this.#summary;
  }

  conversation(pending: readonly OutboxEntry[]): Conversation {
    if (this.#conversation !== null) return this.#conversation;
    // An own message that was stored but waits for earlier ones of others must not vanish from the screen meanwhile.
    const ownAside = this.window.aside.filter((message) => message.senderId === this.me);
    const messages = ownAside.length > 0 ? [...this.window.messages, ...ownAside] : this.window.messages;
    const stored = new Set(messages.map((message) => (message.senderId === this.me ? message.clientMessageId : null)));
    this.#conversation = {
      chatId: this.chatId,
      messages,
      pending: pending.filter((entry) => !stored.has(entry.clientMessageId)),
      watermarks: this.#watermarks,
      hasOlder: this.window.hasOlder,
      loadingOlder: this.loadingOlder,
      members: this.memberMarks.members,
      disappearingSeconds: this.#view.disappearingSeconds,
    };
    return this.#conversation;
  }

  #heldMore(held: readonly MessageView[]): void {
    for (const message of held) {
      if (message.system?.kind === 'disappearing_changed') this.#view = { ...this.#view, disappearingSeconds: message.system.seconds ?? 0 };
      if (message.system?.kind !== 'owner_changed') continue;
      const role = message.system.userIds.includes(this.me) ? 'owner' : 'member';
      this.#view = { ...this.#view, role };
    }
    this.touch();
  }

  /** Unread messages of a kind, of which the head told so many. */
  #unread(ofHead: number, isOne: (message: MessageView) => boolean): { count: number; guess: boolean } {
    const { readUpTo } = this.#watermarks;
    const { lastMessageId, watermarks } = this.#view;
    const { from } = this.window;
    const held = (above: number): number => this.window.messages.filter((message) => message.messageId > above && isOne(message)).length;
    if (from <= readUpTo + 1 || (readUpTo >= lastMessageId && from <= lastMessageId + 1)) return { count: held(readUpTo), guess: false };
    const since = held(lastMessageId);
    if (from > lastMessageId + 1) return { count: ofHead + since, guess: true };
    if (readUpTo <= watermarks.readUpTo) return { count: ofHead + since, guess: false };
    return { count: Math.min(ofHead, lastMessageId - readUpTo) + since, guess: true };
  }

  readonly #countsAsUnread = (message: MessageView): boolean => message.senderId !== this.me && message.type !== 'system' && !message.deletedAt;

  readonly #namesMe = (message: MessageView): boolean => !message.deletedAt && (message.mentions?.includes(this.me) ?? false);
}

/** Settings of one chat come by several ways, and may overtake each other. */
function newer(a: ChatSettingsView, b: ChatSettingsView): ChatSettingsView {
  return a.version >= b.version ? a : b;
}
