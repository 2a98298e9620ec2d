import { useState } from 'react';
import type { Session } from '../client';
import { Field } from '../shared/Field';
import { tidyLogin } from '../shared/login';
import { useForm } from '../shared/useForm';

export function RegisterForm({ session }: { session: Session }) {
  const [name, setName] = useState('');
  const [phoneNumber, setPhoneNumber] = useState('');
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const form = useForm({ name: 'The name', phoneNumber: 'The phone number', username: 'The username', password: 'The password' }, async () => {
    const wanted = username.trim();
    await session.register({ name: name.trim(), phoneNumber: tidyLogin(phoneNumber), password, ...(wanted && { username: wanted }) });
  });
  return (
    <form className="form" onSubmit={form.submit} noValidate>
      <Field label="Name" testId="register-name" autoComplete="name" autoFocus value={name} error={form.errors.name} onChange={(event) => setName(event.target.value)} />
      <Field
        label="Phone number"
        testId="register-phone"
        type="tel"
        autoComplete="tel"
        placeholder="+1 234 567 8900"
        value={phoneNumber}
        hint="With the country code, beginning with +"
        error={form.errors.phoneNumber}
        onChange={(event) => setPhoneNumber(event.target.value)}
      />
      <Field
        label="Username (optional)"
        testId="register-username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        value={username}
        hint="Others can find you by it: a–z, 0–9 and _"
        error={form.errors.username}
        onChange={(event) => setUsername(event.target.value)}
      />
      <Field
        label="Password"
        testId="register-password"
        type="password"
        autoComplete="new-password"
        value={password}
        hint="At least 8 characters"
        error={form.errors.password}
        onChange={(event) => setPassword(event.target.value)}
      />
      {form.error && (
        <p className="form-error" role="alert" data-testid="form-error">
          {form.error}
        </p>
      )}
      <button
        type="submit"
        className="button button-primary button-wide"
        data-testid="register-button"
        disabled={form.busy || !name.trim() || !phoneNumber.trim() || !password}
      >
        {form.busy ? 'Creating the account…' : 'Create account'}
      </button>
    </form>
  );
}
