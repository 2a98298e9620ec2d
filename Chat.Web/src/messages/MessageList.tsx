import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useConnectionState, usePeople, useServices } from '../app/context';
import type { ChatSummary, Conversation } from '../client';
import { chatTitle } from '../chats/chatTitle';
import { Icon } from '../shared/Icon';
import { MessageBubble } from './MessageBubble';
import { MessageInfoDialog } from './MessageInfoDialog';
import { systemText } from './systemText';
import { timeline, type TimelineItem } from './timeline';
import { useStickToBottom } from './useStickToBottom';

/** Older messages are asked for when the reader is this near to the top, in pixels. */
const LoadOlderWithin = 400;

interface MessageListProps {
  readonly chat: ChatSummary;
  readonly conversation: Conversation;
  /** Where the unread messages began when the chat was opened; null for nowhere. */
  readonly unreadAfter: number | null;
  /** Counts the user's own sends: after one the list goes to the bottom. */
  readonly sends: number;
  readonly onAtBottom: (atBottom: boolean) => void;
}

export function MessageList({ chat, conversation, unreadAfter, sends, onAtBottom }: MessageListProps) {
  const { client, me } = useServices();
  const people = usePeople();
  const scroller = useRef<HTMLDivElement>(null);
  const [infoOf, setInfoOf] = useState<number | null>(null);
  const { chatId } = chat;

  const items = useMemo(() => timeline(conversation, me.userId, unreadAfter), [conversation, me.userId, unreadAfter]);
  const { atBottom, toBottom, onScroll } = useStickToBottom(scroller, items);
  const loadOlder = useLoadOlder(chatId, conversation, scroller, items);
  const below = useNewBelow(conversation, me.userId, atBottom);

  useEffect(() => onAtBottom(atBottom), [atBottom, onAtBottom]);
  useEffect(() => {
    if (sends > 0) toBottom();
  }, [sends, toBottom]);

  const onRetry = useCallback((id: string) => client.retrySend(id), [client]);
  const onDiscard = useCallback((id: string) => client.discardSend(id), [client]);

  const render = (item: TimelineItem) => {
    switch (item.kind) {
      case 'day':
        return (
          <div key={item.key} className="day">
            <span>{item.title}</span>
          </div>
        );
      case 'unread':
        return (
          <div key={item.key} className="unread-line" data-testid="unread-line">
            <span>Unread messages</span>
          </div>
        );
      case 'system':
        return (
          <div key={item.key} className="system" data-testid="system-message" data-message-id={item.message.messageId}>
            <span>{systemText(item.message, people)}</span>
          </div>
        );
      case 'bubble': {
        const user = chat.type === 'direct' || item.own ? null : people.get(item.senderId);
        const sender = chat.type === 'direct' || item.own ? null : { name: senderName(chat, item, people), pictureUrl: user?.profilePictureUrl ?? null };
        return <MessageBubble key={item.key} item={item} sender={sender} onInfo={setInfoOf} onRetry={onRetry} onDiscard={onDiscard} />;
      }
    }
  };

  return (
    <div className="messages-frame">
      <div
        ref={scroller}
        className="messages"
        role="log"
        aria-label="Messages"
        aria-busy={conversation.loadingOlder}
        tabIndex={0}
        data-testid="message-list"
        onScroll={() => {
          onScroll();
          loadOlder.ifNear();
        }}
      >
        <div className="messages-top">
          {conversation.loadingOlder && <span className="spinner" aria-label="Loading older messages" />}
          {loadOlder.failed && !conversation.loadingOlder && (
            <button type="button" className="button button-small" onClick={loadOlder.again}>
              Load older messages
            </button>
          )}
        </div>
        {items.map(render)}
        {items.length === 0 && !conversation.hasOlder && <p className="messages-empty">No messages yet. Say hello!</p>}
      </div>
      {!atBottom && (
        <button type="button" className="jump" data-testid="jump-button" aria-label={below > 0 ? `${below} new messages: go to the end` : 'Go to the end'} onClick={toBottom}>
          <Icon name="down" />
          {below > 0 && <span className="badge">{below}</span>}
        </button>
      )}
      {infoOf !== null && <MessageInfoDialog chatId={chatId} messageId={infoOf} onClose={() => setInfoOf(null)} />}
    </div>
  );
}

/** Loads older messages while the top is near. After a failure it waits for the user, or for the connection. */
function useLoadOlder(chatId: number, conversation: Conversation, scroller: React.RefObject<HTMLElement | null>, items: unknown) {
  const { client } = useServices();
  const online = useConnectionState() === 'online';
  const [failed, setFailed] = useState(false);
  const { hasOlder, loadingOlder } = conversation;

  const again = useCallback(() => {
    setFailed(false);
    client.loadOlder(chatId).catch(() => setFailed(true));
  }, [client, chatId]);

  const ifNear = useCallback(() => {
    const element = scroller.current;
    if (element && hasOlder && !loadingOlder && !failed && online && element.scrollTop < LoadOlderWithin) again();
  }, [scroller, hasOlder, loadingOlder, failed, online, again]);

  useEffect(() => setFailed(false), [online]);
  // Also without scrolling: a tall screen may show less than it could.
  useEffect(() => ifNear(), [ifNear, items]);

  return { failed, again, ifNear };
}

/** How many messages of others arrived below what the reader sees. */
function useNewBelow(conversation: Conversation, me: number, atBottom: boolean): number {
  const { messages } = conversation;
  const lastId = messages.at(-1)?.messageId ?? 0;
  const [seenUpTo, setSeenUpTo] = useState(lastId);
  if (atBottom && seenUpTo !== lastId) setSeenUpTo(lastId);
  return useMemo(
    () => (atBottom ? 0 : messages.filter((message) => message.messageId > seenUpTo && message.senderId !== me && message.type !== 'system').length),
    [messages, seenUpTo, me, atBottom],
  );
}

/** A channel speaks for itself, or with the name under the post. */
function senderName(chat: ChatSummary, item: Extract<TimelineItem, { kind: 'bubble' }>, people: { name(userId: number): string }): string {
  return chat.type === 'channel' ? (item.message?.signature ?? chatTitle(chat)) : people.name(item.senderId);
}
