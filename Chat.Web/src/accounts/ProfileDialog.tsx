import { useEffect, useState } from 'react';
import { useServices } from '../app/context';
import { useToasts } from '../app/toasts';
import type { ProfileChange } from '../client';
import { Avatar } from '../shared/Avatar';
import { Dialog } from '../shared/Dialog';
import { Field } from '../shared/Field';
import { useForm } from '../shared/useForm';

const labels = { name: 'The name', username: 'The username', status: 'The status', profilePictureUrl: 'The address' };
type FieldName = keyof typeof labels;
const fields = Object.keys(labels) as FieldName[];

export function ProfileDialog({ onClose }: { onClose: () => void }) {
  const { accounts, me } = useServices();
  const toasts = useToasts();
  const [edits, setEdits] = useState<Partial<Record<FieldName, string>>>({});

  // Another device may have changed it.
  useEffect(() => {
    accounts.profile().catch(() => {});
  }, [accounts]);

  const form = useForm(labels, async () => {
    await accounts.updateProfile(changeOf(edits));
    toasts.say('Your profile is saved.');
    onClose();
  });

  const input = (name: FieldName) => ({
    value: edits[name] ?? me[name] ?? '',
    error: form.errors[name],
    testId: `profile-${name}`,
    onChange: (event: { target: { value: string } }) => setEdits({ ...edits, [name]: event.target.value }),
  });
  const dirty = fields.some((name) => edits[name] !== undefined && edits[name] !== (me[name] ?? ''));

  return (
    <Dialog title="Profile" onClose={onClose} testId="profile-dialog">
      <form className="form" onSubmit={form.submit} noValidate>
        <div className="identity">
          <Avatar name={edits.name ?? me.name} id={me.userId} pictureUrl={edits.profilePictureUrl ?? me.profilePictureUrl} size="large" />
          <div>
            <strong>{me.name}</strong>
            <span>{me.phoneNumber}</span>
          </div>
        </div>
        <Field label="Name" autoComplete="name" {...input('name')} />
        <Field label="Status" placeholder="What are you up to?" {...input('status')} />
        <Field label="Username" autoCapitalize="none" spellCheck={false} hint="Others can find you by it: a–z, 0–9 and _" {...input('username')} />
        <Field label="Picture (address)" type="url" placeholder="https://…" {...input('profilePictureUrl')} />
        {form.error && (
          <p className="form-error" role="alert">
            {form.error}
          </p>
        )}
        <div className="form-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-primary" data-testid="profile-save" disabled={form.busy || !dirty}>
            {form.busy ? 'Saving…' : 'Save'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Only what was touched is sent, so that a change made on another device is not undone. An emptied field is cleared. */
function changeOf(edits: Partial<Record<FieldName, string>>): ProfileChange {
  const change: Partial<Record<FieldName, string | null>> = {};
  for (const name of fields) {
    const value = edits[name]?.trim();
    if (value === undefined) continue;
    change[name] = value === '' && name !== 'name' ? null : value;
  }
  return change as ProfileChange;
}

