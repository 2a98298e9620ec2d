import type { ChatSummary } from '../client';

type Head = Pick<ChatSummary, 'type' | 'title' | 'peer' | 'chatId'>;

/** What a chat is called: the other person's name, or the group's title. */
export function chatTitle(chat: Head): string {
  return chat.peer?.name ?? chat.title ?? (chat.type === 'direct' ? 'Unknown person' : 'Group');
}

/** What its avatar is made of. */
export function chatAvatar(chat: Head) {
  return {
    name: chatTitle(chat),
    id: chat.peer?.userId ?? chat.chatId,
    pictureUrl: chat.peer?.profilePictureUrl,
    group: chat.type !== 'direct',
  };
}
