import { memo } from 'react';
import { usePeople, useServices, type People } from '../app/context';
import { chatHref } from '../app/hashRoute';
import type { ChatSummary } from '../client';
import { systemText } from '../messages/systemText';
import { PersonAvatar } from '../presence/PersonAvatar';
import { Ticks, type SendStatus } from '../receipts/Ticks';
import { shortTime } from '../shared/time';
import { useTyping } from '../typing/useTyping';
import { chatAvatar, chatTitle } from './chatTitle';

interface Preview {
  readonly text: string;
  readonly status: SendStatus | null;
}

export const ChatListItem = memo(function ChatListItem({ chat, open, tabbable }: { chat: ChatSummary; open: boolean; tabbable: boolean }) {
  const { me, drafts } = useServices();
  const people = usePeople();
  const draft = open ? '' : (drafts.get(chat.chatId) ?? '').trim();
  const typing = useTyping(chat);
  const { text, status } = previewOf(chat, me.userId, people);
  const unread = chat.unreadCount;
  return (
    <a
      href={chatHref(chat.chatId)}
      className="chat-item"
      data-testid="chat-item"
      data-chat-id={chat.chatId}
      aria-current={open ? 'page' : undefined}
      tabIndex={tabbable ? 0 : -1}
      draggable={false}
    >
      <PersonAvatar {...chatAvatar(chat)} userId={chat.peer?.userId ?? null} />
      <span className="chat-item-text">
        <span className="chat-item-line">
          <span className="chat-item-title" dir="auto">{chatTitle(chat)}</span>
          <time className="chat-item-time" dateTime={chat.lastActivityAt}>
            {shortTime(chat.lastActivityAt)}
          </time>
        </span>
        <span className="chat-item-line">
          <span className="chat-item-preview">
            {typing !== null ? (
              <span className="chat-item-preview-text typing" data-testid="typing">
                {typing}
              </span>
            ) : draft ? (
              <>
                <span className="draft">Draft:</span> {draft}
              </>
            ) : (
              <>
                {status && <Ticks status={status} />}
                <span className="chat-item-preview-text">{text}</span>
              </>
            )}
          </span>
          {unread > 0 && (
            <span className="badge" data-testid="unread-badge" aria-label={`${unread} unread`}>
              {unread > 999 ? '999+' : unread}
            </span>
          )}
        </span>
      </span>
    </a>
  );
});

function previewOf(chat: ChatSummary, me: number, people: People): Preview {
  const { lastPending, lastMessage } = chat;
  if (lastPending !== null) return { text: lastPending.text, status: lastPending.state };
  if (lastMessage === null) return { text: 'No messages yet', status: null };
  if (lastMessage.type === 'system') return { text: systemText(lastMessage, people), status: null };
  const text = lastMessage.deletedAt ? 'Message deleted' : lastMessage.type === 'text' ? (lastMessage.text ?? '') : 'Unsupported message';
  if (lastMessage.senderId === me) return { text, status: chat.lastMessageStatus };
  return { text: chat.type !== 'group' ? text : `${people.name(lastMessage.senderId)}: ${text}`, status: null };
}
