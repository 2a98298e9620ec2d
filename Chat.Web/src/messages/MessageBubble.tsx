import { memo, type MouseEvent, type ReactNode } from 'react';
import { Ticks } from '../receipts/Ticks';
import { Avatar, Colours } from '../shared/Avatar';
import { sentence } from '../shared/errorText';
import { clockTime } from '../shared/time';
import { withLinks } from './links';
import type { BubbleItem } from './timeline';

interface BubbleProps {
  readonly item: BubbleItem;
  /** Set in groups, for messages of others. */
  readonly sender: { readonly name: string; readonly pictureUrl: string | null } | null;
  readonly onInfo: (messageId: number) => void;
  readonly onRetry: (clientMessageId: string) => void;
  readonly onDiscard: (clientMessageId: string) => void;
}

export const MessageBubble = memo(
  function MessageBubble({ item, sender, onInfo, onRetry, onDiscard }: BubbleProps) {
    const { message, entry, own, text, first, last, status } = item;
    const classes = ['bubble-row', own ? 'own' : 'other', first && 'first', last && 'last', sender && 'in-group'].filter(Boolean).join(' ');
    const info = own && message !== null ? () => onInfo(message.messageId) : null;
    return (
      <div
        className={classes}
        data-testid="message"
        data-message-id={message?.messageId}
        data-client-message-id={message?.clientMessageId ?? entry?.clientMessageId}
        data-status={status ?? undefined}
        data-own={own}
      >
        {sender && last && <Avatar name={sender.name} id={item.senderId} pictureUrl={sender.pictureUrl} size="small" />}
        <div className="bubble" onClick={info ? (event) => meantForMessage(event) && info() : undefined}>
          {sender && first && <span className={`sender sender-${item.senderId % Colours}`}>{sender.name}</span>}
          <Body text={text} />
          <Meta item={item} onInfo={info} />
        </div>
        {entry?.state === 'failed' && (
          <div className="failed" role="alert">
            <span>{sentence(entry.error ?? 'not sent')}</span>
            <button type="button" className="link-button" data-testid="retry-button" onClick={() => onRetry(entry.clientMessageId)}>
              Try again
            </button>
            <button type="button" className="link-button" data-testid="discard-button" onClick={() => onDiscard(entry.clientMessageId)}>
              Discard
            </button>
          </div>
        )}
      </div>
    );
  },
  // Items are made anew on every change; most of them say the same as before.
  (before, after) =>
    sameItem(before.item, after.item) && before.sender?.name === after.sender?.name && before.sender?.pictureUrl === after.sender?.pictureUrl,
);

function Body({ text }: { text: string | null }) {
  if (text === null) return <span className="bubble-unsupported">Unsupported message</span>;
  return <span className="bubble-text" dir="auto">{withLinks(text)}</span>;
}

function Meta({ item, onInfo }: { item: BubbleItem; onInfo: (() => void) | null }) {
  const content: ReactNode = (
    <>
      <time dateTime={new Date(item.time).toISOString()}>{clockTime(item.time)}</time>
      {item.status && <Ticks status={item.status} />}
    </>
  );
  if (onInfo === null) return <span className="bubble-meta">{content}</span>;
  return (
    <button
      type="button"
      className="bubble-meta"
      aria-label={`Sent at ${clockTime(item.time)}: message info`}
      data-testid="message-info-button"
      onClick={(event) => {
        event.stopPropagation();
        onInfo();
      }}
    >
      {content}
    </button>
  );
}

/** A click on a link, or one that ends a selection of text, is not. */
function meantForMessage(event: MouseEvent): boolean {
  return !(event.target as Element).closest('a') && (window.getSelection()?.isCollapsed ?? true);
}

function sameItem(a: BubbleItem, b: BubbleItem): boolean {
  return (Object.keys(a) as (keyof BubbleItem)[]).every((key) => a[key] === b[key]);
}
