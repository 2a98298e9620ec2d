import type { Connection } from './connection';
import type { TypingChangedEvent } from './contract';
import { Observable } from './observable';

/** A typing that goes on is told at most so often. */
export const RepeatMs = 3_000;
/** In a chat where nobody is told, the server is asked so often whether that is still so. */
const UnheardMs = 60_000;
/** A text that nobody works on for so long, because the focus is elsewhere, is no longer being typed. */
export const BlurMs = 5_000;
/** The others forget a typing that is not repeated after this time, and so do we. */
export const ExpireMs = 6_000;

export type TypingKind = 'text' | 'voice' | 'video' | 'photo' | 'file';

interface Draft {
  /** When it may be told again. */
  quietUntil: number;
  /** Until when the others believe that one is typing. */
  believedUntil: number;
  blurTimer: ReturnType<typeof setTimeout> | null;
}

/** Tells the others that the user is typing. All of it is decoration: nothing waits for it, nothing is repeated, errors are ignored. */
export class TypingSender {
  readonly #drafts = new Map<number, Draft>();

  constructor(private readonly connection: Connection) {}

  /** The user changed the text. */
  changed(chatId: number, empty: boolean): void {
    if (empty) {
      this.#stop(chatId);
      return;
    }
    if (this.connection.getState() !== 'online') return;
    const draft = this.#draft(chatId);
    this.#stopTimer(draft);
    const now = Date.now();
    if (now < draft.quietUntil) return;
    draft.quietUntil = now + RepeatMs;
    draft.believedUntil = now + ExpireMs;
    this.connection.call('SetTyping', { chatId, typing: true }).then(({ heardBy }) => {
      if (heardBy) return;
      draft.quietUntil = now + UnheardMs;
      draft.believedUntil = 0;
    }, ignore);
  }

  /** The user records or picks something, or goes on with it; `sent` or `ended` ends it. */
  making(chatId: number, kind: TypingKind): void {
    if (this.connection.getState() !== 'online') return;
    const draft = this.#draft(chatId);
    const now = Date.now();
    if (now < draft.quietUntil) return;
    draft.quietUntil = now + RepeatMs;
    draft.believedUntil = now + ExpireMs;
    this.connection.call('SetTyping', { chatId, typing: true, kind }).then(({ heardBy }) => {
      if (!heardBy) draft.quietUntil = now + UnheardMs;
    }, ignore);
  }

  /** What was being made was given up. */
  ended(chatId: number): void {
    this.#stop(chatId);
  }

  focused(chatId: number): void {
    const draft = this.#drafts.get(chatId);
    if (draft) this.#stopTimer(draft);
  }

  /** The focus left the text, or the chat left the screen. */
  blurred(chatId: number): void {
    const draft = this.#drafts.get(chatId);
    if (draft) draft.blurTimer ??= setTimeout(() => this.#stop(chatId), BlurMs);
  }

  /** A message ends the typing by itself. */
  sent(chatId: number): void {
    const draft = this.#drafts.get(chatId);
    if (!draft) return;
    this.#stopTimer(draft);
    draft.believedUntil = 0;
  }

  offline(): void {
    for (const draft of this.#drafts.values()) this.#stopTimer(draft);
    this.#drafts.clear();
  }

  #stop(chatId: number): void {
    const draft = this.#drafts.get(chatId);
    if (!draft) return;
    this.#stopTimer(draft);
    if (Date.now() >= draft.believedUntil) return;
    draft.believedUntil = 0;
    this.connection.call('SetTyping', { chatId, typing: false }).catch(ignore);
  }

  #draft(chatId: number): Draft {
    let draft = this.#drafts.get(chatId);
    if (!draft) {
      draft = { quietUntil: 0, believedUntil: 0, blurTimer: null };
      this.#drafts.set(chatId, draft);
    }
    return draft;
  }

  #stopTimer(draft: Draft): void {
    if (draft.blurTimer !== null) clearTimeout(draft.blurTimer);
    draft.blurTimer = null;
  }
}

const Nobody: readonly number[] = [];

/** Who is typing where. */
export class TypingWatcher {
  readonly #timers = new Map<number, Map<number, ReturnType<typeof setTimeout>>>();
  readonly #kinds = new Map<number, Map<number, string>>();
  readonly #lists = new Map<number, readonly number[]>();
  readonly #changes = new Observable();

  constructor(private readonly me: number) {}

  readonly subscribe = this.#changes.subscribe;

  /** User ids, who began first stands first; never one's own. The same array until it changes. */
  get(chatId: number): readonly number[] {
    return this.#lists.get(chatId) ?? Nobody;
  }

  /** What one of them is making: a `TypingKind`, or one that is newer than this client. */
  kindOf(chatId: number, userId: number): string | null {
    return this.#kinds.get(chatId)?.get(userId) ?? null;
  }

  apply({ chatId, userId, typing, kind }: TypingChangedEvent): void {
    if (userId === this.me) return;
    if (!typing) {
      this.ended(chatId, userId);
      return;
    }
    const timers = this.#timers.get(chatId) ?? new Map<number, ReturnType<typeof setTimeout>>();
    this.#timers.set(chatId, timers);
    clearTimeout(timers.get(userId));
    const known = timers.has(userId) && this.kindOf(chatId, userId) === kind;
    const kinds = this.#kinds.get(chatId) ?? new Map<number, string>();
    this.#kinds.set(chatId, kinds.set(userId, kind));
    timers.set(userId, setTimeout(() => this.ended(chatId, userId), ExpireMs));
    if (!known) this.#changed(chatId);
  }

  /** A message of theirs came, or they stopped. */
  ended(chatId: number, userId: number): void {
    const timers = this.#timers.get(chatId);
    if (!timers?.has(userId)) return;
    clearTimeout(timers.get(userId));
    timers.delete(userId);
    this.#kinds.get(chatId)?.delete(userId);
    this.#changed(chatId);
  }

  /** The chat is gone. */
  forget(chatId: number): void {
    for (const userId of this.get(chatId)) this.ended(chatId, userId);
  }

  close(): void {
    for (const chatId of [...this.#lists.keys()]) this.forget(chatId);
  }

  #changed(chatId: number): void {
    const userIds = [...(this.#timers.get(chatId)?.keys() ?? [])];
    if (userIds.length > 0) {
      this.#lists.set(chatId, userIds);
    } else {
      this.#lists.delete(chatId);
      this.#timers.delete(chatId);
      this.#kinds.delete(chatId);
    }
    this.#changes.changed();
  }
}

function ignore(): void {}
