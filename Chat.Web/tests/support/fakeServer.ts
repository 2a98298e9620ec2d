import type { ChatHubMethods, ChatView, MessageView, PresenceView, ReceiptView, SystemMessageView, UserView } from '../../src/client/contract';
import type { HubEvent } from '../../src/client/transport';
import type { FakeTransport } from './fakeTransport';

interface Member {
  role: string;
  visibleFrom: number;
  settings?: ChatView['settings'];
  deliveredUpTo: number;
  readUpTo: number;
}

interface FakeChat {
  readonly chatId: number;
  readonly type: 'direct' | 'group';
  title: string | null;
  pictureMediaId: number | null;
  readonly members: Map<number, Member>;
  /** Whom, and by whom. */
  readonly banned: Map<number, number>;
  readonly messages: MessageView[];
  readonly createdAt: string;
}

/** What the fake answers; a test that calls anything else fails. */
type Methods = { [M in keyof ChatHubMethods]?: (userId: number, request: Parameters<ChatHubMethods[M]>[0], from: FakeTransport | null) => Awaited<ReturnType<ChatHubMethods[M]>> };

/** The hub as docs/protocol.md tells it, in memory. Whatever goes wrong is done by the network in `FakeTransport`. */
export class FakeServer {
  readonly chats = new Map<number, FakeChat>();
  readonly connections = new Set<FakeTransport>();
  /** Every call that arrived, in order. */
  readonly calls: { userId: number; method: string; request: any }[] = [];
  /** A longer gap than this is answered with `tooLong`. */
  replayLimit = 1_000;
  /** `userId:chatId:messageId` of messages that this user may not see. */
  readonly hidden = new Set<string>();
  /** Users whose presence nobody may know. */
  readonly unseeable = new Set<number>();
  typingIsHeard = true;
  readonly #online = new Set<number>();
  #revision = 0;
  readonly #lastSeen = new Map<number, string>();
  /** Throws to refuse a call before it does anything. */
  refuse: (method: string, request: any) => void = () => {};

  addChat(chatId: number, memberIds: readonly number[], type: 'direct' | 'group' = memberIds.length === 2 ? 'direct' : 'group'): FakeChat {
    const members = new Map(memberIds.map((id, i) => [id, { role: type === 'group' && i === 0 ? 'owner' : 'member', visibleFrom: 1, deliveredUpTo: 0, readUpTo: 0 }]));
    const chat: FakeChat = { chatId, type, title: type === 'group' ? `Group ${chatId}` : null, pictureMediaId: null, banned: new Map(), members, messages: [], createdAt: now() };
    this.chats.set(chatId, chat);
    return chat;
  }

  /** A message of somebody who is not connected here. */
  say(chatId: number, senderId: number, text: string, more: Partial<MessageView> = {}): MessageView {
    return this.#append(this.chats.get(chatId)!, senderId, text, crypto.randomUUID(), null, null, more);
  }

  saySystem(chatId: number, senderId: number, system: SystemMessageView): MessageView {
    return this.#append(this.chats.get(chatId)!, senderId, null, null, system, null);
  }

  mark(chatId: number, userId: number, marks: { deliveredUpTo?: number; readUpTo?: number }): void {
    this.#mark(this.chats.get(chatId)!, userId, marks.deliveredUpTo ?? 0, marks.readUpTo ?? 0);
  }

  /** Somebody who is not connected here comes or goes. */
  setOnline(userId: number, online: boolean): void {
    if (online) this.#online.add(userId);
    else if (this.#online.delete(userId)) this.#lastSeen.set(userId, now());
    for (const connection of this.connections) {
      if (connection.watched.has(userId)) connection.push({ name: 'PresenceChanged', payload: this.#presence(userId) });
    }
  }

  #presence(userId: number): PresenceView {
    const online = this.#online.has(userId);
    return { userId, online, lastSeen: online ? null : (this.#lastSeen.get(userId) ?? null), revision: ++this.#revision };
  }

  removeMember(chatId: number, userId: number): void {
    this.chats.get(chatId)!.members.delete(userId);
    this.push([userId], { name: 'ChatRemoved', payload: { chatId } });
  }

  invoke(from: FakeTransport, method: string, request: any): unknown {
    this.calls.push({ userId: from.userId, method, request });
    this.refuse(method, request);
    return (this.#methods as Record<string, (userId: number, request: unknown, from: FakeTransport) => unknown>)[method]!(from.userId, request, from);
  }

  callsOf(method: keyof ChatHubMethods): any[] {
    return this.calls.filter((call) => call.method === method).map((call) => call.request);
  }

  push(userIds: readonly number[], event: HubEvent, except: FakeTransport | null = null): void {
    for (const connection of this.connections) {
      if (connection !== except && userIds.includes(connection.userId)) connection.push(event);
    }
  }

  readonly #methods: Methods = {
    ScheduleMessage: (_userId, { sendAt, ...message }) => ({ scheduledId: 1, chatId: message.chatId, sendAt, createdAt: now(), message }),
    ReportMessage: () => ({ reported: true }),
    ReportUser: () => ({ reported: true }),
    OpenDirectChat: (userId, { userId: peerId }) => {
      const found = [...this.chats.values()].find((chat) => chat.type === 'direct' && chat.members.has(userId) && chat.members.has(peerId));
      return this.#view(found ?? this.addChat(this.chats.size + 1, [userId, peerId]), userId);
    },
    CreateGroup: (userId, { title, memberIds }) => {
      const chat = this.addChat(this.chats.size + 1, [userId, ...memberIds], 'group');
      chat.title = title;
      this.saySystem(chat.chatId, userId, { kind: 'group_created', userIds: [...memberIds], title });
      return this.#view(chat, userId);
    },
    AddMembers: (userId, { chatId, userIds }) => {
      const chat = this.#chatOf(chatId, userId);
      const upTo = chat.messages.length;
      for (const id of userIds) chat.members.set(id, { role: 'member', visibleFrom: upTo + 1, deliveredUpTo: upTo, readUpTo: upTo });
      const message = this.saySystem(chatId, userId, { kind: 'members_added', userIds: [...userIds], title: null });
      this.#updated(chat);
      return { chatId, messageId: message.messageId, userIds, notAllowedIds: [] };
    },
    RemoveMember: (userId, { chatId, userId: removed }) => {
      const chat = this.#chatOf(chatId, userId);
      const message = this.saySystem(chatId, userId, { kind: 'member_removed', userIds: [removed], title: null });
      this.removeMember(chatId, removed);
      this.#updated(chat);
      return { chatId, messageId: message.messageId, userIds: [removed], notAllowedIds: [] };
    },
    BanMember: (userId, { chatId, userId: banned }) => {
      const chat = this.#chatOf(chatId, userId);
      chat.banned.set(banned, userId);
      const message = this.saySystem(chatId, userId, { kind: 'member_removed', userIds: [banned], title: null });
      this.removeMember(chatId, banned);
      this.#updated(chat);
      return { chatId, messageId: message.messageId, userIds: [banned], notAllowedIds: [] };
    },
    UnbanMember: (userId, { chatId, userId: banned }) => {
      this.#chatOf(chatId, userId).banned.delete(banned);
      return { chatId, messageId: null, userIds: [], notAllowedIds: [] };
    },
    ListBanned: (userId, { chatId }) => {
      const banned = [...this.#chatOf(chatId, userId).banned].map(([id, bannedBy]) => ({ user: user(id), bannedBy, bannedAt: now() }));
      return { chatId, banned, hasMore: false };
    },
    LeaveGroup: (userId, { chatId }) => {
      this.#chatOf(chatId, userId);
      this.removeMember(chatId, userId);
      return { chatId, messageId: null, userIds: [userId], notAllowedIds: [] };
    },
    SetChatPicture: (userId, { chatId, mediaId }) => {
      const chat = this.#chatOf(chatId, userId);
      chat.pictureMediaId = mediaId ?? null;
      const message = this.saySystem(chatId, userId, { kind: 'picture_changed', userIds: [], title: null });
      this.#updated(chat);
      return { chatId, messageId: message.messageId, userIds: [userId], notAllowedIds: [] };
    },
    GetChat: (userId, { chatId }) => this.#view(this.#chatOf(chatId, userId), userId),
    ListChats: (userId, { cursor, limit }) => {
      const mine = [...this.chats.values()]
        .filter((chat) => chat.members.has(userId) && (chat.type === 'group' || chat.messages.length > 0))
        .sort((a, b) => b.chatId - a.chatId);
      const start = cursor ? mine.findIndex((chat) => chat.chatId < Number(cursor)) : 0;
      const page = start < 0 ? [] : mine.slice(start, start + (limit ?? 50));
      const last = page.at(-1);
      return { chats: page.map((chat) => this.#view(chat, userId)), nextCursor: last && last !== mine.at(-1) ? String(last.chatId) : null };
    },
    ListParticipants: (userId, { chatId, afterUserId, limit }) => {
      const all = [...this.#chatOf(chatId, userId).members].sort(([a], [b]) => a - b).filter(([id]) => id > (afterUserId ?? 0));
      const page = all.slice(0, limit ?? 100);
      const participants = page.map(([id, member]) => ({ user: user(id), joinedAt: now(), ...member, ownPermissions: null, silencedUntil: null }));
      return { chatId, participants, hasMore: page.length < all.length };
    },
    SendMessage: (userId, { chatId, clientMessageId, text, replyTo, mentions, mediaId, location }, from) => {
      const chat = this.#chatOf(chatId, userId);
      const stored = chat.messages.find((message) => message.senderId === userId && message.clientMessageId === clientMessageId);
      const message = stored ?? this.#append(chat, userId, text ?? null, clientMessageId, null, from, {
        ...(location && { type: 'location', location }),
        ...(mentions && { mentions }),
        ...(mediaId && { type: 'image', media: { mediaId, mimeType: 'image/png', size: 5, hasThumbnail: false } }),
        ...(replyTo && { replyTo: { messageId: replyTo } }),
      });
      return { chatId, messageId: message.messageId, sentAt: message.sentAt, duplicate: stored !== undefined };
    },
    ListMessages: (userId, { chatId, beforeMessageId, limit }) => {
      const before = beforeMessageId ?? Infinity;
      const visible = this.visible(chatId, userId).filter((message) => message.messageId < before);
      const messages = visible.slice(-(limit ?? 50));
      return { chatId, messages, hasOlder: messages.length < visible.length, hasNewer: before !== Infinity };
    },
    SyncChat: (userId, { chatId, afterMessageId, limit }) => {
      const chat = this.#chatOf(chatId, userId);
      const lastMessageId = chat.messages.length;
      const tooLong = lastMessageId - afterMessageId > this.replayLimit;
      const size = limit ?? 100;
      const ids = chat.messages.slice(tooLong ? Math.max(0, lastMessageId - size) : afterMessageId).slice(0, size);
      const upToMessageId = ids.at(-1)?.messageId ?? afterMessageId;
      const messages = ids.filter((message) => this.#sees(userId, message));
      return { chatId, messages, upToMessageId, lastMessageId, hasMore: upToMessageId < lastMessageId, tooLong, watermarks: this.#watermarks(chat, userId),
        changes: [], upToChangeId: 0, lastChangeId: 0, hiddenIds: [], upToHideId: 0, visibleFrom: chat.members.get(userId)!.visibleFrom };
    },
    MarkDelivered: (userId, { chatId, upTo }) => this.#mark(this.#chatOf(chatId, userId), userId, upTo, 0),
    MarkRead: (userId, { chatId, upTo }) => this.#mark(this.#chatOf(chatId, userId), userId, upTo, upTo),
    GetMessageInfo: (_userId, { chatId, messageId }) => ({ chatId, messageId, sentAt: now(), receipts: [] }),
    WatchPresence: (_userId, { userIds }, from) => {
      from?.watched.clear();
      for (const id of userIds) if (!this.unseeable.has(id)) from?.watched.add(id);
      return { presences: userIds.filter((id) => !this.unseeable.has(id)).map((id) => this.#presence(id)) };
    },
    SearchChat: (userId, { chatId, query, beforeMessageId, limit }) => {
      const found = this.visible(chatId, userId)
        .filter((message) => message.messageId < (beforeMessageId ?? Infinity) && message.text?.includes(query))
        .reverse();
      const hits = found.slice(0, limit ?? 20).map((message) => ({ message, highlights: [{ start: message.text!.indexOf(query), length: query.length }] }));
      return { chatId, hits, beforeMessageId: found.length > hits.length ? hits.at(-1)!.message.messageId : null };
    },
    SetTyping: (userId, { chatId }) => ({ chatId: this.#chatOf(chatId, userId).chatId, heardBy: this.typingIsHeard }),
  };

  /** What this user should have of the chat. */
  visible(chatId: number, userId: number): MessageView[] {
    return this.#chatOf(chatId, userId).messages.filter((message) => this.#sees(userId, message));
  }

  #sees(userId: number, message: MessageView): boolean {
    const from = this.chats.get(message.chatId)!.members.get(userId)?.visibleFrom ?? 1;
    return message.messageId >= from && !this.hidden.has(`${userId}:${message.chatId}:${message.messageId}`);
  }

  #chatOf(chatId: number, userId: number): FakeChat {
    const chat = this.chats.get(chatId);
    if (!chat?.members.has(userId)) throw new Error('HubException: not_found: there is no such chat');
    return chat;
  }

  #append(chat: FakeChat, senderId: number, text: string | null, clientMessageId: string | null, system: SystemMessageView | null, from: FakeTransport | null, more: Partial<MessageView> = {}): MessageView {
    const messageId = chat.messages.length + 1;
    const type = system ? 'system' : 'text';
    const message: MessageView = { chatId: chat.chatId, messageId, senderId, clientMessageId, type, text, system, sentAt: now(), ...more };
    chat.messages.push(message);
    const readers = [...chat.members.keys()].filter((id) => this.#sees(id, message));
    this.push(readers, { name: 'MessagePosted', payload: message }, from);
    return message;
  }

  #mark(chat: FakeChat, userId: number, delivered: number, read: number): { chatId: number; deliveredUpTo: number; readUpTo: number } {
    const member = chat.members.get(userId)!;
    const readUpTo = Math.max(member.readUpTo, read);
    const deliveredUpTo = Math.max(member.deliveredUpTo, delivered, readUpTo);
    if (readUpTo !== member.readUpTo || deliveredUpTo !== member.deliveredUpTo) {
      Object.assign(member, { readUpTo, deliveredUpTo });
      const receipts: ReceiptView[] = [{ userId, deliveredUpTo, readUpTo }];
      this.push([...chat.members.keys()], { name: 'ReceiptsAdvanced', payload: { chatId: chat.chatId, receipts } });
    }
    return { chatId: chat.chatId, deliveredUpTo, readUpTo };
  }

  #updated(chat: FakeChat): void {
    const { chatId, type, title, members, pictureMediaId } = chat;
    this.push([...members.keys()], { name: 'ChatUpdated', payload: { chatId, type, title, memberCount: members.size, pictureMediaId } });
  }

  #watermarks(chat: FakeChat, userId: number): ChatView['watermarks'] {
    const own = chat.members.get(userId)!;
    const others = [...chat.members].filter(([id]) => id !== userId).map(([, member]) => member);
    return {
      deliveredUpTo: own.deliveredUpTo,
      readUpTo: own.readUpTo,
      othersDeliveredUpTo: Math.min(...others.map((member) => member.deliveredUpTo)),
      othersReadUpTo: Math.min(...others.map((member) => member.readUpTo)),
    };
  }

  #view(chat: FakeChat, userId: number): ChatView {
    const { chatId, type, title, members, messages, createdAt } = chat;
    const own = members.get(userId)!;
    const last = messages.at(-1);
    const peerId = [...members.keys()].find((id) => id !== userId);
    const unread = this.visible(chatId, userId).filter((m) => m.messageId > own.readUpTo && m.senderId !== userId && m.type !== 'system');
    return {
      chatId,
      type,
      title,
      peer: type === 'direct' && peerId !== undefined ? user(peerId) : null,
      role: own.role,
      memberCount: members.size,
      lastMessageId: messages.length,
      lastMessage: last && this.#sees(userId, last) ? last : null,
      watermarks: this.#watermarks(chat, userId),
      unreadCount: unread.length,
      unreadMentions: unread.filter((message) => message.mentions?.includes(userId)).length,
      lastActivityAt: last?.sentAt ?? createdAt,
      createdAt,
      settings: own.settings ?? noSettings,
      description: null,
      permissions: ['send_text', 'send_media', 'react'],
      defaultPermissions: ['send_text', 'send_media', 'react'],
      slowModeSeconds: 0,
      silencedUntil: null,
      lastChangeId: 0,
      lastHideId: 0,
      username: null,
      signatures: false,
      disappearingSeconds: 0,
      pictureMediaId: chat.pictureMediaId,
      visibleFrom: own.visibleFrom,
    };
  }
}

export const noSettings: ChatView['settings'] = { mutedUntil: null, pinPosition: null, archived: false, markedUnread: false, draft: null, version: 0 };

export function user(userId: number): UserView {
  return { userId, name: `User ${userId}`, username: null, status: null, profilePictureUrl: null, pictureMediaId: null };
}

function now(): string {
  return new Date().toISOString();
}
