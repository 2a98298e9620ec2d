import { useRef, useState, type KeyboardEvent } from 'react';
import { UserMenu } from '../accounts/UserMenu';
import { useChatList, useChatsReady } from '../app/context';
import { Icon } from '../shared/Icon';
import { ChatListItem } from './ChatListItem';
import { chatTitle } from './chatTitle';
import { NewChatDialog } from './NewChatDialog';

export function ChatList({ openChatId }: { openChatId: number | null }) {
  const chats = useChatList();
  const ready = useChatsReady();
  const [filter, setFilter] = useState('');
  const [creating, setCreating] = useState(false);
  const list = useRef<HTMLUListElement>(null);

  const wanted = filter.trim().toLowerCase();
  // A direct chat without a message is not worth a line, unless one is about to write the first.
  const shown = chats.filter(
    (chat) =>
      chatTitle(chat).toLowerCase().includes(wanted) &&
      (chat.type !== 'direct' || !chat.isEmpty || chat.lastPending !== null || chat.chatId === openChatId),
  );
  const tabbableId = shown.find((chat) => chat.chatId === openChatId)?.chatId ?? shown[0]?.chatId;

  return (
    <>
      <header className="list-head">
        <UserMenu />
        <button type="button" className="icon-button" data-testid="new-chat-button" aria-label="New chat" title="New chat" onClick={() => setCreating(true)}>
          <Icon name="add" />
        </button>
      </header>
      <div className="list-search">
        <Icon name="search" />
        <input
          type="search"
          placeholder="Search chats"
          aria-label="Search chats"
          data-testid="chat-filter"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') moveFocus(event, list.current, 'first');
          }}
        />
      </div>
      <nav className="chat-list" aria-label="Chats" data-testid="chat-list">
        {!ready && chats.length === 0 ? (
          <ListSkeleton />
        ) : (
          <ul ref={list} onKeyDown={(event) => onListKey(event, list.current)}>
            {shown.map((chat) => (
              <li key={chat.chatId}>
                <ChatListItem chat={chat} open={chat.chatId === openChatId} tabbable={chat.chatId === tabbableId} />
              </li>
            ))}
          </ul>
        )}
        {ready && shown.length === 0 && (
          <div className="list-empty">
            {wanted ? (
              <p>No chat is called “{filter.trim()}”.</p>
            ) : (
              <>
                <p>You have no chats yet.</p>
                <button type="button" className="button button-primary" onClick={() => setCreating(true)}>
                  Start a chat
                </button>
              </>
            )}
          </div>
        )}
      </nav>
      {creating && <NewChatDialog onClose={() => setCreating(false)} />}
    </>
  );
}

function ListSkeleton() {
  return (
    <div className="skeleton-list" aria-label="Loading chats">
      {Array.from({ length: 7 }, (_, i) => (
        <div key={i} className="skeleton-item" />
      ))}
    </div>
  );
}

function onListKey(event: KeyboardEvent, list: HTMLElement | null): void {
  const steps: Record<string, 'next' | 'previous' | 'first' | 'last'> = { ArrowDown: 'next', ArrowUp: 'previous', Home: 'first', End: 'last' };
  const step = steps[event.key];
  if (step) moveFocus(event, list, step);
}

function moveFocus(event: KeyboardEvent, list: HTMLElement | null, step: 'next' | 'previous' | 'first' | 'last'): void {
  const items = [...(list?.querySelectorAll<HTMLElement>('a') ?? [])];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const target = { next: at + 1, previous: at - 1, first: 0, last: items.length - 1 }[step];
  if (!items[target]) return;
  event.preventDefault();
  items[target].focus();
}
