import { useEffect, useMemo, useState } from 'react';
import { ChatList } from '../chats/ChatList';
import type { Accounts, ChatClient, Profile, Session } from '../client';
import { ConnectionBanner } from '../connection/ConnectionBanner';
import { Conversation } from '../messages/Conversation';
import { Icon } from '../shared/Icon';
import { ServicesProvider, useUnreadTotal } from './context';
import { createClient } from './environment';
import { goToList, useOpenChatId } from './hashRoute';

/** Everything behind the log-in. Mounted anew for every user. */
export function ChatApp({ session, accounts, me }: { session: Session; accounts: Accounts; me: Profile }) {
  const [client, setClient] = useState<ChatClient | null>(null);
  const [drafts] = useState(() => new Map<number, string>());

  useEffect(() => {
    const created = createClient(session, accounts, me.userId);
    created.start();
    setClient(created);
    return () => created.close();
  }, [session, accounts, me.userId]);

  const services = useMemo(() => client && { session, accounts, client, me, drafts }, [session, accounts, client, me, drafts]);
  if (services === null) return null;
  return (
    <ServicesProvider services={services}>
      <Panes />
    </ServicesProvider>
  );
}

function Panes() {
  const chatId = useOpenChatId();
  useDocumentTitle();
  useEscapeToList();
  return (
    <div className="app" data-open={chatId !== null}>
      <ConnectionBanner />
      <aside className="pane-list">
        <ChatList openChatId={chatId} />
      </aside>
      <main className="pane-chat">{chatId === null ? <NothingOpen /> : <Conversation key={chatId} chatId={chatId} />}</main>
    </div>
  );
}

function NothingOpen() {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name="chats" />
      </span>
      <h2>Your conversations</h2>
      <p>Choose a chat on the left, or start a new one.</p>
    </div>
  );
}

function useDocumentTitle(): void {
  const unread = useUnreadTotal();
  useEffect(() => {
    document.title = unread > 0 ? `(${unread > 99 ? '99+' : unread}) Chat` : 'Chat';
    return () => {
      document.title = 'Chat';
    };
  }, [unread]);
}

function useEscapeToList(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      // Dialogs and menus use the key first and say so.
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]')) return;
      goToList();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
