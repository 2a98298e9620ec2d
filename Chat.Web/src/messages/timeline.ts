import { statusOf, type Conversation, type MessageView, type OutboxEntry } from '../client';
import type { SendStatus } from '../receipts/Ticks';
import { dayKey, dayTitle } from '../shared/time';

/** Messages of one person within this time belong together. */
const RunMs = 5 * 60_000;

export interface BubbleItem {
  readonly kind: 'bubble';
  readonly key: string;
  readonly message: MessageView | null;
  readonly entry: OutboxEntry | null;
  readonly senderId: number;
  readonly own: boolean;
  readonly text: string | null;
  readonly time: string | number;
  /** Of own messages. */
  readonly status: SendStatus | null;
  readonly first: boolean;
  readonly last: boolean;
}

export type TimelineItem =
  | BubbleItem
  | { readonly kind: 'day'; readonly key: string; readonly title: string }
  | { readonly kind: 'unread'; readonly key: string }
  | { readonly kind: 'system'; readonly key: string; readonly message: MessageView };

type Draft = Omit<BubbleItem, 'first' | 'last'>;

/** A conversation as it stands on the screen: days, runs of one sender, what waits in the outbox at the end. */
export function timeline(conversation: Conversation, me: number, unreadAfter: number | null): readonly TimelineItem[] {
  const items: TimelineItem[] = [];
  const drafts: (Draft | MessageView)[] = [
    ...conversation.messages.map((message) => (message.type === 'system' ? message : ofMessage(message, me, conversation))),
    ...conversation.pending.map((entry) => ofEntry(entry, me)),
  ];
  let day = '';
  let unreadShown = unreadAfter === null;
  drafts.forEach((draft, i) => {
    const time = 'kind' in draft ? draft.time : draft.sentAt;
    const startsDay = dayKey(time) !== day;
    if (startsDay) {
      day = dayKey(time);
      items.push({ kind: 'day', key: `day ${day}`, title: dayTitle(time) });
    }
    if (!('kind' in draft)) {
      items.push({ kind: 'system', key: `system ${draft.messageId}`, message: draft });
      return;
    }
    const startsUnread = !unreadShown && !draft.own && (draft.message?.messageId ?? 0) > unreadAfter!;
    if (startsUnread) {
      unreadShown = true;
      items.push({ kind: 'unread', key: 'unread' });
    }
    const previous = drafts[i - 1];
    const next = drafts[i + 1];
    items.push({ ...draft, first: startsDay || startsUnread || !together(previous, draft), last: !together(draft, next) });
  });
  return items;
}

function ofMessage(message: MessageView, me: number, { watermarks }: Conversation): Draft {
  const own = message.senderId === me;
  return {
    kind: 'bubble',
    // The same as while it was pending, so that it stays the same element on the screen.
    key: own && message.clientMessageId !== null ? message.clientMessageId : `message ${message.messageId}`,
    message,
    entry: null,
    senderId: message.senderId,
    own,
    text: message.deletedAt ? 'Message deleted' : message.type === 'text' ? message.text : null,
    time: message.sentAt,
    status: own ? statusOf(message.messageId, watermarks, message.withheld) : null,
  };
}

function ofEntry(entry: OutboxEntry, me: number): Draft {
  const { clientMessageId, text, createdAt, state } = entry;
  return { kind: 'bubble', key: clientMessageId, message: null, entry, senderId: me, own: true, text, time: createdAt, status: state };
}

function together(a: Draft | MessageView | undefined, b: Draft | MessageView | undefined): boolean {
  if (a === undefined || b === undefined || !('kind' in a) || !('kind' in b) || a.senderId !== b.senderId) return false;
  const from = new Date(a.time).getTime();
  const to = new Date(b.time).getTime();
  return Math.abs(to - from) < RunMs && dayKey(a.time) === dayKey(b.time);
}
