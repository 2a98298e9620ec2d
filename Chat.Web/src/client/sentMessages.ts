import type { MessageView, PollDraft, PollView, ReplyView, SendMessageRequest, SendMessageResult } from './contract';
import { mediaView } from './media';
import type { MessageExtras, OutboxEntry } from './outboxStorage';

/** Characters of a text that a reply shows of what it answers. */
const QuotedLength = 140;

/** What a send holds of a message. */
export function contentOf(text: string, { file, ...more }: MessageExtras = {}): Omit<SendMessageRequest, 'chatId' | 'clientMessageId'> {
  return { ...(text !== '' && { text }), ...(file && { mediaId: file.mediaId }), ...more };
}

/**
 * A message of one's own as the server has it: the connection that sent it gets the answer to its send in place of an event.
 * `find` gives a message of the chat, should it be held.
 */
export function sentMessage(
  { chatId, clientMessageId, text, extras }: OutboxEntry,
  { messageId, sentAt, withheld, expiresAt, signature }: SendMessageResult,
  senderId: number,
  find: (messageId: number) => MessageView | undefined,
): MessageView {
  const { replyTo, mentions, file, location, contact, poll } = extras ?? {};
  return {
    chatId,
    messageId,
    senderId,
    clientMessageId,
    type: file ? file.type : location ? 'location' : contact ? 'contact' : poll ? 'poll' : 'text',
    text: text === '' ? null : text,
    system: null,
    sentAt,
    ...(replyTo && { replyTo: replyHead(replyTo, find(replyTo)) }),
    ...(mentions && mentions.length > 0 && { mentions }),
    ...(file && { media: mediaView(file) }),
    ...(location && { location }),
    ...(contact && { contact }),
    ...(poll && { poll: newPoll(poll) }),
    ...(withheld === true && { withheld }),
    ...(expiresAt && { expiresAt }),
    ...(signature && { signature }),
  };
}

/** A poll of which nobody has voted yet. */
function newPoll({ question, options, multiple, anonymous, closesAt }: PollDraft): PollView {
  return {
    question, options: options.map((text) => ({ text, votes: 0 })), multiple: multiple ?? false, anonymous: anonymous ?? false, voters: 0,
    ...(closesAt && { closesAt }),
  };
}

/** What a reply shows of the message that it answers; its number alone where that is not held, or gone. */
export function replyHead(messageId: number, original: MessageView | undefined): ReplyView {
  if (original === undefined || original.deletedAt) return { messageId };
  const { senderId, type, text } = original;
  return { messageId, senderId, type, ...(text !== null && { text: cut(text) }) };
}

function cut(text: string): string {
  if (text.length <= QuotedLength) return text;
  const half = text.charCodeAt(QuotedLength - 1);
  return text.slice(0, half >= 0xd800 && half < 0xdc00 ? QuotedLength - 1 : QuotedLength);
}
