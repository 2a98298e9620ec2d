import type { MessageChangedEvent, MessageView } from './contract';

/**
 * States of a message come by pages, answers and pushes, in any order. What everybody sees of it is newer the higher its `changeId`. What is
 * the reader's own (`myReaction`) stands in what was read, and not in what was pushed to all: here is kept as of which change it is known,
 * where that is not the message's own.
 */
const ownAsOf = new WeakMap<MessageView, number>();

/** States that were pushed: where they are replies, the head of what they answer is not in them. */
const pushed = new WeakSet<MessageView>();

const Unknown = -1;

/** The message of a push: its reader's own part is known only when the reader made the change. */
export function pushedState({ changeId, kind, actorId, message, emoji }: MessageChangedEvent, me: number): MessageView | null {
  if (message === null) return null;
  const own = kind === 'reaction' && actorId === me;
  const state: MessageView = own && emoji ? { ...message, myReaction: emoji } : { ...message };
  ownAsOf.set(state, own ? changeId : Unknown);
  pushed.add(state);
  return state;
}

/** A pushed message as it was posted; one that was changed already may have something of the reader in it. */
export function postedState(message: MessageView): MessageView {
  if (changeIdOf(message) > 0 && !ownAsOf.has(message)) ownAsOf.set(message, Unknown);
  return message;
}

/** The newer of two states of a message, part by part; the second where both are as new. */
export function newer(held: MessageView, news: MessageView): MessageView {
  const base = withHead(changeIdOf(news) >= changeIdOf(held) ? news : held, held);
  const own = ownChangeIdOf(news) >= ownChangeIdOf(held) ? news : held;
  if (base === own || base.deletedAt) return base;
  const { myReaction: _, ...shared } = base;
  const merged: MessageView = own.myReaction ? { ...shared, myReaction: own.myReaction } : shared;
  ownAsOf.set(merged, ownChangeIdOf(own));
  return merged;
}

/** A pushed state with the head of what it answers, as it was held before. */
function withHead(state: MessageView, held: MessageView): MessageView {
  if (!pushed.has(state) || state === held || !state.replyTo || state.replyTo.messageId !== held.replyTo?.messageId) return state;
  const whole: MessageView = { ...state, replyTo: held.replyTo };
  ownAsOf.set(whole, ownChangeIdOf(state));
  return whole;
}

function changeIdOf(message: MessageView): number {
  return message.changeId ?? 0;
}

function ownChangeIdOf(message: MessageView): number {
  return ownAsOf.get(message) ?? changeIdOf(message);
}
