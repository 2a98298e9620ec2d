import { useState } from 'react';
import { goToList } from '../app/hashRoute';
import { chatAvatar, chatTitle } from '../chats/chatTitle';
import type { ChatSummary } from '../client';
import { GroupDialog, memberCountText } from '../groups/GroupDialog';
import { PersonAvatar } from '../presence/PersonAvatar';
import { PresenceLine } from '../presence/PresenceLine';
import { Icon } from '../shared/Icon';
import { useTyping } from '../typing/useTyping';
import { PersonDialog } from './PersonDialog';

export function ConversationHeader({ chat }: { chat: ChatSummary }) {
  const [infoOpen, setInfoOpen] = useState(false);
  const direct = chat.type === 'direct';
  return (
    <header className="conversation-head">
      <button type="button" className="icon-button back-button" aria-label="Back to the chats" onClick={goToList}>
        <Icon name="back" />
      </button>
      <button
        type="button"
        className="conversation-title"
        data-testid="chat-info-button"
        aria-label={`${chatTitle(chat)}: ${direct ? 'contact info' : 'group info'}`}
        onClick={() => setInfoOpen(true)}
      >
        <PersonAvatar {...chatAvatar(chat)} userId={chat.peer?.userId ?? null} size="small" />
        <span className="conversation-names">
          <strong data-testid="conversation-title">{chatTitle(chat)}</strong>
          <Subtitle chat={chat} />
        </span>
      </button>
      {infoOpen && !direct && <GroupDialog chatId={chat.chatId} onClose={() => setInfoOpen(false)} />}
      {infoOpen && direct && chat.peer && <PersonDialog user={chat.peer} onClose={() => setInfoOpen(false)} />}
    </header>
  );
}

/** What goes on now comes before what is so all the time. */
function Subtitle({ chat }: { chat: ChatSummary }) {
  const typing = useTyping(chat);
  if (typing !== null) {
    return (
      <span className="typing" data-testid="typing" data-chat-id={chat.chatId}>
        {typing}
      </span>
    );
  }
  if (chat.type !== 'direct') return <span>{memberCountText(chat.memberCount)}</span>;
  return chat.peer && <PresenceLine userId={chat.peer.userId} otherwise={chat.peer.status} testId="presence" />;
}
