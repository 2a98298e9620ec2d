import { useState, type FormEvent } from 'react';
import { useServices } from '../app/context';
import { ChatError, type UserView } from '../client';
import { errorText } from '../shared/errorText';
import { Field } from '../shared/Field';
import { tidyLogin } from '../shared/login';

interface FindPersonProps {
  readonly button: string;
  /** Called with whom was found; what it throws is shown like a failed search. */
  readonly onFound: (user: UserView) => void | Promise<void>;
}

/** Finds somebody by exact phone number or username. */
export function FindPerson({ button, onFound }: FindPersonProps) {
  const { accounts, client, me } = useServices();
  const [login, setLogin] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const find = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    event.stopPropagation();
    if (busy || !login.trim()) return;
    setBusy(true);
    setError(null);
    try {
      const user = await accounts.findUser(tidyLogin(login));
      if (user.userId === me.userId) {
        setError('That is you.');
        return;
      }
      client.directory.put(user);
      await onFound(user);
      setLogin('');
    } catch (caught) {
      setError(caught instanceof ChatError && caught.code === 'not_found' ? 'Nobody here has this phone number or username.' : errorText(caught));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form className="find" onSubmit={(event) => void find(event)} noValidate>
      <Field
        label="Phone number or username"
        testId="find-input"
        autoFocus
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={login}
        error={error}
        onChange={(event) => {
          setLogin(event.target.value);
          setError(null);
        }}
      />
      <button type="submit" className="button button-primary" data-testid="find-button" disabled={busy || !login.trim()}>
        {button}
      </button>
    </form>
  );
}
