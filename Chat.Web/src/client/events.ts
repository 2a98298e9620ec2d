import type { Chat } from './chat';
import type { ChatPages } from './chatPages';
import type { ChatStore } from './chatStore';
import type { ChatSync } from './chatSync';
import type { ChatSettingsChangedEvent, MessageView, SettingsView } from './contract';
import type { Invites } from './invites';
import type { Notifications } from './notifications';
import type { PresenceWatcher } from './presence';
import type { Scheduling } from './scheduling';
import type { HubEvent } from './transport';
import type { TypingWatcher } from './typing';

export interface EventTargets {
  readonly store: ChatStore;
  readonly sync: ChatSync;
  readonly pages: ChatPages;
  readonly presence: PresenceWatcher;
  readonly typing: TypingWatcher;
  readonly invites: Invites;
  readonly notifications: Notifications;
  readonly scheduling: Scheduling;
  readonly visibleChatId: number | null;
  settle(chat: Chat, held: readonly MessageView[]): void;
  removed(chatId: number): void;
  catchUp(): void;
  chatSettings(changed: ChatSettingsChangedEvent): void;
  settings(settings: SettingsView): void;
}

/** What each event of the server does. One that this client does not know does nothing. */
export function dispatch({ name, payload }: HubEvent, to: EventTargets): void {
  switch (name) {
    case 'MessagePosted': {
      to.typing.ended(payload.chatId, payload.senderId);
      const chat = to.store.get(payload.chatId);
      if (chat) to.settle(chat, chat.post(payload));
      else to.sync.meet(payload.chatId, payload);
      break;
    }
    case 'MessageChanged': {
      const chat = to.store.get(payload.chatId);
      if (!chat) {
        to.sync.meet(payload.chatId);
        break;
      }
      chat.applyChange(payload);
      to.settle(chat, []);
      break;
    }
    case 'MessagesHidden': {
      const chat = to.store.get(payload.chatId);
      if (!chat) break;
      chat.applyHidden(payload);
      to.settle(chat, []);
      break;
    }
    case 'NotificationRaised':
      to.notifications.heard(payload);
      break;
    case 'ReceiptsAdvanced': {
      const chat = to.store.get(payload.chatId);
      if (!chat) break;
      chat.applyReceipts(payload.receipts);
      if (chat.membersStale && chat.awaitsReceipts) void to.pages.loadMembers(chat.chatId).catch(() => {});
      to.settle(chat, []);
      break;
    }
    case 'ChatUpdated': {
      const chat = to.store.get(payload.chatId);
      if (!chat) {
        to.sync.meet(payload.chatId);
        break;
      }
      chat.applyUpdated(payload);
      if (chat.chatId === to.visibleChatId) void to.pages.loadMembers(chat.chatId).catch(() => {});
      to.settle(chat, []);
      break;
    }
    case 'ChatRemoved':
      to.removed(payload.chatId);
      break;
    case 'PresenceChanged':
      to.presence.apply(payload);
      break;
    case 'TypingChanged':
      if (to.store.get(payload.chatId)) to.typing.apply(payload);
      break;
    case 'JoinRequested':
      to.invites.heardRequest(payload);
      break;
    case 'JoinRequestAnswered':
      to.invites.heardAnswer(payload);
      break;
    case 'ScheduledChanged':
      to.scheduling.heard(payload);
      break;
    case 'ChatSettingsChanged':
      to.chatSettings(payload);
      break;
    case 'SettingsChanged':
      to.settings(payload);
      break;
    case 'ResyncRequired':
      to.presence.resync();
      if (payload.chatId === null) to.catchUp();
      else if (to.store.get(payload.chatId)) void to.sync.sync(payload.chatId);
      else to.sync.meet(payload.chatId);
      break;
    case 'ReconnectRequired':
      // The connection sees to it.
      break;
  }
}
