import type { MessageView } from './contract';
import { newer } from './messageStates';

/** States of messages that are not held, kept for the page that may be on its way with an older state of them. */
const MaxKept = 200;

/** What is known of messages that are not held: a page that was read before a change must not undo it. */
export class LateStates {
  readonly #states = new Map<number, MessageView | null>();

  /** `null`: the user hid it. */
  keep(messageId: number, state: MessageView | null): void {
    const known = this.#states.get(messageId);
    if (known === null) return;
    this.#states.delete(messageId);
    this.#states.set(messageId, known && state ? newer(known, state) : state);
    if (this.#states.size > MaxKept) this.#states.delete(this.#states.keys().next().value!);
  }

  /** Messages as they are by what is known; those that the user hid are left out. */
  newest(messages: readonly MessageView[]): readonly MessageView[] {
    if (this.#states.size === 0) return messages;
    return messages.flatMap((message) => {
      const known = this.#states.get(message.messageId);
      return known === null ? [] : known ? [newer(message, known)] : [message];
    });
  }
}
