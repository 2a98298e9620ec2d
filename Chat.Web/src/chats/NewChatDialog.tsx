import { useState } from 'react';
import { useServices } from '../app/context';
import { goToChat } from '../app/hashRoute';
import { NewGroupForm } from '../groups/NewGroupForm';
import { Dialog } from '../shared/Dialog';
import { FindPerson } from './FindPerson';

export function NewChatDialog({ onClose }: { onClose: () => void }) {
  const { client } = useServices();
  const [kind, setKind] = useState<'direct' | 'group'>('direct');

  const open = (chatId: number): void => {
    onClose();
    goToChat(chatId);
  };

  return (
    <Dialog title={kind === 'direct' ? 'New chat' : 'New group'} onClose={onClose} testId="new-chat-dialog">
      <fieldset className="segments" aria-label="Kind of chat">
        <label className="segment">
          <input type="radio" name="kind" checked={kind === 'direct'} onChange={() => setKind('direct')} data-testid="new-direct" />
          <span>One person</span>
        </label>
        <label className="segment">
          <input type="radio" name="kind" checked={kind === 'group'} onChange={() => setKind('group')} data-testid="new-group" />
          <span>Group</span>
        </label>
      </fieldset>
      {kind === 'direct' ? (
        <FindPerson button="Start chat" onFound={async (user) => open(await client.openDirectChat(user.userId))} />
      ) : (
        <NewGroupForm onCreated={open} />
      )}
    </Dialog>
  );
}
