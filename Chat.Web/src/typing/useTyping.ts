import { useSyncExternalStore } from 'react';
import { usePeople, useServices } from '../app/context';
import type { ChatSummary } from '../client';
import { typingText } from './typingText';

/** Who is typing in a chat, in words; null for nobody. */
export function useTyping(chat: Pick<ChatSummary, 'chatId' | 'type'>): string | null {
  const { typing } = useServices().client;
  const people = usePeople();
  const userIds = useSyncExternalStore(typing.subscribe, () => typing.get(chat.chatId));
  if (userIds.length === 0) return null;
  return chat.type === 'direct' ? 'typing…' : typingText(userIds.map((userId) => people.name(userId)));
}
