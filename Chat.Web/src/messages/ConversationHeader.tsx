import { useState } from 'react';
import { goToList } from '../app/hashRoute';
import { chatAvatar, chatTitle } from '../chats/chatTitle';
import type { ChatSummary } from '../client';
import { GroupDialog, memberCountText } from '../groups/GroupDialog';
import { Avatar } from '../shared/Avatar';
import { Icon } from '../shared/Icon';
import { PersonDialog } from './PersonDialog';

export function ConversationHeader({ chat }: { chat: ChatSummary }) {
  const [infoOpen, setInfoOpen] = useState(false);
  const direct = chat.type === 'direct';
  const subtitle = direct ? chat.peer?.status : memberCountText(chat.memberCount);
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
        <Avatar {...chatAvatar(chat)} size="small" />
        <span className="conversation-names">
          <strong data-testid="conversation-title">{chatTitle(chat)}</strong>
          {subtitle && <span>{subtitle}</span>}
        </span>
      </button>
      {infoOpen && !direct && <GroupDialog chatId={chat.chatId} onClose={() => setInfoOpen(false)} />}
      {infoOpen && direct && chat.peer && <PersonDialog user={chat.peer} onClose={() => setInfoOpen(false)} />}
    </header>
  );
}
