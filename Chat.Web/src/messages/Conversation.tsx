import { useCallback, useEffect, useState } from 'react';
import { useChat, useChatsReady, useConnectionState, useConversation, useServices } from '../app/context';
import { goToList } from '../app/hashRoute';
import { Composer } from './Composer';
import { ConversationHeader } from './ConversationHeader';
import { MessageList } from './MessageList';

/** One chat on the screen. Mounted anew for every chat. */
export function Conversation({ chatId }: { chatId: number }) {
  const chat = useChat(chatId);
  const conversation = useConversation(chatId);
  const [sends, setSends] = useState(0);
  // Taken before the chat counts as seen.
  const [unreadAfter, setUnreadAfter] = useState(() => (chat && chat.unreadCount > 0 ? (conversation?.watermarks.readUpTo ?? null) : null));
  const [atBottom, setAtBottom] = useState(true);
  useAttention(chatId, atBottom);

  const onSend = useCallback(() => {
    setSends((count) => count + 1);
    setUnreadAfter(null);
  }, []);

  if (chat === null || conversation === null) return <NotHere />;
  return (
    <section className="conversation" data-testid="conversation" data-chat-id={chatId} aria-label="Conversation">
      <ConversationHeader chat={chat} />
      <MessageList chat={chat} conversation={conversation} unreadAfter={unreadAfter} sends={sends} onAtBottom={setAtBottom} />
      <Composer chatId={chatId} onSend={onSend} />
    </section>
  );
}

function NotHere() {
  const ready = useChatsReady();
  const online = useConnectionState() === 'online';
  if (!ready || !online) {
    return (
      <div className="empty" aria-busy="true">
        {online || !ready ? <span className="spinner" aria-label="Loading" /> : <p>This chat cannot be loaded while you are offline.</p>}
      </div>
    );
  }
  return (
    <div className="empty">
      <p>This chat does not exist, or you are no longer in it.</p>
      <button type="button" className="button" onClick={goToList}>
        Back to the chats
      </button>
    </div>
  );
}

/** Tells the client which chat is on the screen, and whether somebody looks at its end. */
function useAttention(chatId: number, atBottom: boolean): void {
  const { client } = useServices();

  useEffect(() => {
    const tell = (): void => client.setFocused(atBottom && document.visibilityState === 'visible' && document.hasFocus());
    tell();
    window.addEventListener('focus', tell);
    window.addEventListener('blur', tell);
    document.addEventListener('visibilitychange', tell);
    return () => {
      window.removeEventListener('focus', tell);
      window.removeEventListener('blur', tell);
      document.removeEventListener('visibilitychange', tell);
    };
  }, [client, atBottom]);

  useEffect(() => {
    client.setVisible(chatId);
    return () => client.setVisible(null);
  }, [client, chatId]);
}
