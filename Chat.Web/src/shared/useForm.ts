import { useState, type FormEvent } from 'react';
import { ChatError } from '../client';
import { errorText, sentence } from './errorText';

interface Form<F extends string> {
  readonly busy: boolean;
  /** What the server has against a field. */
  readonly errors: Partial<Record<F, string>>;
  /** What went wrong otherwise. */
  readonly error: string | null;
  submit(event?: FormEvent): void;
}

/** Runs `send` on submit and puts its error where it belongs: to the field that it names, or to the whole form. `labels` are the fields' names for people. */
export function useForm<F extends string>(labels: Readonly<Record<F, string>>, send: () => Promise<void>): Form<F> {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  const field = failure instanceof ChatError && failure.field !== null && Object.hasOwn(labels, failure.field) ? (failure.field as F) : undefined;
  const errors: Partial<Record<F, string>> = {};
  if (field !== undefined) errors[field] = sentence(`${labels[field]} ${(failure as ChatError).text}`);

  const run = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      await send();
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };

  return {
    busy,
    errors,
    error: failure === null || field !== undefined ? null : errorText(failure),
    submit: (event) => {
      event?.preventDefault();
      if (!busy) void run();
    },
  };
}
