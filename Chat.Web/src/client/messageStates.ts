import type { MessageChangedEvent, MessageView } from './contract';

/**
 * States of a message come by pages, answers and pushes, in any order. What everybody sees of it is newer the higher its `changeId`. What is
 * the reader's own (`myReaction`, `myVotes`) stands in what was read, and not in what was pushed to all: here is kept as of which change it is known,
 * where that is not the message's own.
 */
type OwnPart = 'myReaction' | 'myVotes';
const parts: readonly OwnPart[] = ['myReaction', 'myVotes'];
const knownAsOf = { myReaction: new WeakMap<MessageView, number>(), myVotes: new WeakMap<MessageView, number>() };

/** States that were pushed: where they are replies, the head of what they answer is not in them. */
const pushed = new WeakSet<MessageView>();

const Unknown = -1;

/** The message of a push: its reader's own part is known only when the reader made the change. */
export function pushedState({ kind, actorId, message, emoji, votes }: MessageChangedEvent, me: number): MessageView | null {
  if (message === null) return null;
  // A change tells of one part only; what the other was stands in the state before.
  const part = actorId !== me ? null : kind === 'reaction' ? 'myReaction' : kind === 'vote' ? 'myVotes' : null;
  const state: MessageView = {
    ...message,
    ...(part === 'myReaction' && emoji && { myReaction: emoji }),
    ...(part === 'myVotes' && votes && votes.length > 0 && { myVotes: votes }),
  };
  for (const known of parts) knownAsOf[known].set(state, known === part ? changeIdOf(message) : Unknown);
  pushed.add(state);
  return state;
}

/** A pushed message as it was posted; one that was changed already may have something of the reader in it. */
export function postedState(message: MessageView): MessageView {
  if (changeIdOf(message) > 0) {
    for (const part of parts) if (!knownAsOf[part].has(message)) knownAsOf[part].set(message, Unknown);
  }
  return message;
}

/** The newer of two states of a message, part by part; the second where both are as new. */
export function newer(held: MessageView, news: MessageView): MessageView {
  const base = withHead(changeIdOf(news) >= changeIdOf(held) ? news : held, held);
  if (base.deletedAt) return base;
  const from = (part: OwnPart): MessageView => (knownChangeId(news, part) >= knownChangeId(held, part) ? news : held);
  if (parts.every((part) => from(part) === base)) return base;
  const { myReaction: _, myVotes: __, ...shared } = base;
  const { myReaction } = from('myReaction');
  const { myVotes } = from('myVotes');
  const merged: MessageView = { ...shared, ...(myReaction && { myReaction }), ...(myVotes && { myVotes }) };
  for (const part of parts) knownAsOf[part].set(merged, knownChangeId(from(part), part));
  return merged;
}

/** A pushed state with the head of what it answers, as it was held before. */
function withHead(state: MessageView, held: MessageView): MessageView {
  if (!pushed.has(state) || state === held || !state.replyTo || state.replyTo.messageId !== held.replyTo?.messageId) return state;
  const whole: MessageView = { ...state, replyTo: held.replyTo };
  for (const part of parts) knownAsOf[part].set(whole, knownChangeId(state, part));
  return whole;
}

/** Whether a message is gone because its time had come: then nothing is to be shown of it. By the server's times, whatever the clock here says. */
export function isRemoved({ deletedAt, expiresAt }: MessageView): boolean {
  return deletedAt != null && expiresAt != null && Date.parse(deletedAt) >= Date.parse(expiresAt);
}

function changeIdOf(message: MessageView): number {
  return message.changeId ?? 0;
}

function knownChangeId(message: MessageView, part: OwnPart): number {
  return knownAsOf[part].get(message) ?? changeIdOf(message);
}
