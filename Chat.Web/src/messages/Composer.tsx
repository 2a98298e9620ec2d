import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useServices } from '../app/context';
import { Icon } from '../shared/Icon';

/** UTF-16 code units, as the server counts them. */
const MaxLength = 4_096;
const CounterFrom = MaxLength - 200;

export function Composer({ chatId, onSend }: { chatId: number; onSend: () => void }) {
  const { client, drafts } = useServices();
  const [text, setText] = useState(() => drafts.get(chatId) ?? '');
  const input = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    // On a touch screen the focus would bring up the keyboard over the messages.
    if (window.matchMedia('(pointer: fine)').matches) input.current?.focus();
  }, []);

  useLayoutEffect(() => {
    const area = input.current!;
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight}px`;
  }, [text]);

  const change = (next: string): void => {
    setText(next);
    if (next === '') drafts.delete(chatId);
    else drafts.set(chatId, next);
    client.composing.changed(chatId, next.trim() === '');
  };

  // A chat that leaves the screen loses the focus without a word.
  useEffect(() => () => client.composing.blurred(chatId), [client, chatId]);

  const message = sendable(text);
  const canSend = message !== '' && message.length <= MaxLength;

  const send = (): void => {
    if (!canSend) return;
    client.send(chatId, message);
    change('');
    onSend();
    input.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    // Enter also confirms a choice of an input method; that is not meant for us.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={input}
        rows={1}
        dir="auto"
        placeholder="Message"
        aria-label="Message"
        data-testid="composer-input"
        enterKeyHint="send"
        value={text}
        onChange={(event) => change(event.target.value)}
        onKeyDown={onKeyDown}
        onFocus={() => client.composing.focused(chatId)}
        onBlur={() => client.composing.blurred(chatId)}
      />
      {message.length >= CounterFrom && (
        <span className={message.length > MaxLength ? 'counter counter-over' : 'counter'} role="status" data-testid="composer-counter">
          {MaxLength - message.length}
        </span>
      )}
      <button type="submit" className="send-button" data-testid="send-button" aria-label="Send" disabled={!canSend}>
        <Icon name="send" />
      </button>
    </form>
  );
}

/** What the server takes: one kind of line break, no other control characters, no white space around. */
export function sendable(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, '')
    .trim();
}
