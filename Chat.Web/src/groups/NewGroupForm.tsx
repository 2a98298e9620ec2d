import { useState } from 'react';
import { useServices } from '../app/context';
import { FindPerson } from '../chats/FindPerson';
import { newUuid, type UserView } from '../client';
import { Avatar } from '../shared/Avatar';
import { Field } from '../shared/Field';
import { Icon } from '../shared/Icon';
import { useForm } from '../shared/useForm';
import { Acquaintances } from './Acquaintances';

export function NewGroupForm({ onCreated }: { onCreated: (chatId: number) => void }) {
  const { client } = useServices();
  const [title, setTitle] = useState('');
  const [members, setMembers] = useState<readonly UserView[]>([]);
  // The same on every try, so that a repeat after a lost answer does not make a second group.
  const [clientGroupId] = useState(newUuid);
  const form = useForm({ title: 'The name' }, async () => {
    onCreated(await client.createGroup(clientGroupId, title.trim(), members.map((member) => member.userId)));
  });

  const toggle = (user: UserView): void =>
    setMembers((chosen) => (chosen.some((other) => other.userId === user.userId) ? chosen.filter((other) => other.userId !== user.userId) : [...chosen, user]));
  const add = (user: UserView): void => setMembers((chosen) => [...chosen.filter((other) => other.userId !== user.userId), user]);

  return (
    <div className="form">
      <Field label="Group name" testId="group-title-input" maxLength={100} value={title} error={form.errors.title} onChange={(event) => setTitle(event.target.value)} />
      {members.length > 0 && (
        <ul className="chips" aria-label="Members">
          {members.map((member) => (
            <li key={member.userId}>
              <button type="button" className="chip" aria-label={`Take ${member.name} out`} onClick={() => toggle(member)}>
                <Avatar name={member.name} id={member.userId} pictureUrl={member.profilePictureUrl} size="small" />
                {member.name}
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <FindPerson button="Add" onFound={add} />
      <Acquaintances chosen={members} onToggle={toggle} />
      {form.error && (
        <p className="form-error" role="alert">
          {form.error}
        </p>
      )}
      <button
        type="button"
        className="button button-primary button-wide"
        data-testid="create-group-button"
        disabled={form.busy || !title.trim() || members.length === 0}
        onClick={() => form.submit()}
      >
        {form.busy ? 'Creating the group…' : 'Create group'}
      </button>
    </div>
  );
}
