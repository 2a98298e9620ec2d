import { Backoff } from './backoff';
import type { SendMessageRequest, SendMessageResult } from './contract';
import { parseHubError } from './errors';
import type { MessageExtras, OutboxEntry, OutboxStorage } from './outboxStorage';
import { contentOf } from './sentMessages';
import { newUuid } from './uuid';

export type { OutboxEntry } from './outboxStorage';

export interface OutboxOptions {
  readonly storage: OutboxStorage;
  readonly send: (request: SendMessageRequest) => Promise<SendMessageResult>;
  /** The server stored it. Called before the entry leaves, so that the message never vanishes in between. */
  readonly onSent: (entry: OutboxEntry, result: SendMessageResult) => void;
  readonly onChange: (chatId: number) => void;
  readonly random?: () => number;
  readonly newId?: () => string;
}

/** Sends under way per chat. More would gain little, and whatever is under way when the server refuses one may overtake it. */
const MaxInFlight = 8;

/** The sends of one chat. */
interface Line {
  readonly inFlight: Set<string>;
  readonly backoff: Backoff;
  /** Set while waiting after an error that passes. */
  timer: ReturnType<typeof setTimeout> | null;
  /** After such an error: send one at a time until the line is empty. */
  careful: boolean;
  /** An error came while others were under way: wait for all of them, then start again from the first. */
  regrouping: { retryAfterMs: number | null } | null;
}

/**
 * Messages from the moment the user presses Enter until the server has stored them: in order per chat, over
 * reconnects and reloads, repeated under the same id until there is an answer.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #lines = new Map<number, Line>();
  readonly #forget: (() => void) | undefined;
  #entries: readonly OutboxEntry[] = [];
  #byChat = new Map<number, readonly OutboxEntry[]>();
  /** Entries that the storage had no room for: they live as long as the page. */
  readonly #unsaved = new Set<string>();
  #online = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#entries = sorted(options.storage.load());
    this.#forget = options.storage.onRemoved?.((id) => this.#drop(id));
  }

  /** What is not stored yet, oldest first. The same array until it changes. */
  entriesOf(chatId: number): readonly OutboxEntry[] {
    let entries = this.#byChat.get(chatId);
    if (entries === undefined) {
      entries = this.#entries.filter((entry) => entry.chatId === chatId);
      this.#byChat.set(chatId, entries);
    }
    return entries;
  }

  add(chatId: number, text: string, extras?: MessageExtras): OutboxEntry {
    const newId = this.#options.newId ?? newUuid;
    const entry: OutboxEntry = { clientMessageId: newId(), chatId, text, ...(extras && { extras }), createdAt: this.#nextTime(), state: 'pending', error: null };
    try {
      this.#options.storage.put(entry);
    } catch {
      this.#unsaved.add(entry.clientMessageId);
    }
    this.#set([...this.#entries, entry], chatId);
    this.#pump(chatId);
    return entry;
  }

  /** Tries a failed message again, as the last of its chat. */
  retry(clientMessageId: string): void {
    const failed = this.#find(clientMessageId);
    if (failed?.state !== 'failed') return;
    const entry: OutboxEntry = { ...failed, state: 'pending', error: null, createdAt: this.#nextTime() };
    this.#options.storage.replace(entry);
    this.#set([...this.#entries.filter((other) => other !== failed), entry], entry.chatId);
    this.#pump(entry.chatId);
  }

  discard(clientMessageId: string): void {
    this.#options.storage.remove(clientMessageId);
    this.#drop(clientMessageId);
  }

  discardChat(chatId: number): void {
    for (const entry of this.entriesOf(chatId)) this.discard(entry.clientMessageId);
  }

  /** The message was seen in the chat: it is stored, whether or not the answer to its send arrives. */
  acknowledge(clientMessageId: string): void {
    if (this.#find(clientMessageId)) this.discard(clientMessageId);
  }

  online(): void {
    this.#online = true;
    // Entries that a closed tab left behind are sent by whoever connects next; sending twice is free.
    this.#adopt();
    for (const line of this.#lines.values()) this.#rest(line);
    this.#lines.clear();
    for (const chatId of new Set(this.#entries.map((entry) => entry.chatId))) this.#pump(chatId);
  }

  offline(): void {
    this.#online = false;
    for (const line of this.#lines.values()) this.#rest(line);
    this.#lines.clear();
  }

  close(): void {
    this.offline();
    this.#forget?.();
  }

  #pump(chatId: number): void {
    const line = this.#lineOf(chatId);
    if (!this.#online || line.timer !== null || line.regrouping !== null) return;
    const waiting = this.entriesOf(chatId).filter((entry) => entry.state === 'pending' && !line.inFlight.has(entry.clientMessageId));
    for (const entry of waiting) {
      if (line.inFlight.size >= (line.careful ? 1 : MaxInFlight)) break;
      void this.#send(entry, line);
    }
  }

  async #send(entry: OutboxEntry, line: Line): Promise<void> {
    const { chatId, clientMessageId, text, extras } = entry;
    line.inFlight.add(clientMessageId);
    try {
      const result = await this.#options.send({ chatId, clientMessageId, ...contentOf(text, extras) });
      line.inFlight.delete(clientMessageId);
      line.backoff.reset();
      this.#options.onSent(entry, result);
      this.discard(clientMessageId);
      if (!this.entriesOf(chatId).some((other) => other.state === 'pending')) line.careful = false;
    } catch (error) {
      line.inFlight.delete(clientMessageId);
      // The line was replaced when the connection went: the next one repeats the send.
      if (this.#lines.get(chatId) !== line) return;
      const { retryable, retryAfterMs, code, field, text: reason } = parseHubError(error);
      // A log-in that ended is not the message's fault; it goes out after the next log-in.
      if (retryable || code === 'unauthenticated') line.regrouping ??= { retryAfterMs };
      else this.#fail(entry, field === null ? reason : `${field} ${reason}`);
    }
    if (this.#lines.get(chatId) !== line) return;
    if (line.regrouping !== null && line.inFlight.size === 0) this.#waitAndRepeat(chatId, line);
    else this.#pump(chatId);
  }

  #waitAndRepeat(chatId: number, line: Line): void {
    const waitMs = line.backoff.next(line.regrouping?.retryAfterMs ?? null);
    line.regrouping = null;
    line.careful = true;
    line.timer = setTimeout(() => {
      line.timer = null;
      this.#pump(chatId);
    }, waitMs);
  }

  #fail(entry: OutboxEntry, error: string): void {
    if (!this.#find(entry.clientMessageId)) return;
    const failed: OutboxEntry = { ...entry, state: 'failed', error };
    this.#options.storage.replace(failed);
    this.#set(this.#entries.map((other) => (other.clientMessageId === entry.clientMessageId ? failed : other)), entry.chatId);
  }

  #adopt(): void {
    const unsaved = this.#entries.filter((entry) => this.#unsaved.has(entry.clientMessageId));
    const entries = sorted([...this.#options.storage.load(), ...unsaved]);
    const chatIds = new Set([...this.#entries, ...entries].map((entry) => entry.chatId));
    this.#set(entries, ...chatIds);
  }

  #drop(clientMessageId: string): void {
    const entry = this.#find(clientMessageId);
    this.#unsaved.delete(clientMessageId);
    if (entry) this.#set(this.#entries.filter((other) => other !== entry), entry.chatId);
  }

  #find(clientMessageId: string): OutboxEntry | undefined {
    return this.#entries.find((entry) => entry.clientMessageId === clientMessageId);
  }

  #set(entries: readonly OutboxEntry[], ...chatIds: readonly number[]): void {
    this.#entries = entries;
    for (const chatId of chatIds) {
      this.#byChat.delete(chatId);
      this.#options.onChange(chatId);
    }
  }

  #nextTime(): number {
    return Math.max(Date.now(), (this.#entries.at(-1)?.createdAt ?? 0) + 1);
  }

  #lineOf(chatId: number): Line {
    let line = this.#lines.get(chatId);
    if (line === undefined) {
      line = { inFlight: new Set(), backoff: new Backoff(500, 30_000, this.#options.random), timer: null, careful: false, regrouping: null };
      this.#lines.set(chatId, line);
    }
    return line;
  }

  #rest(line: Line): void {
    if (line.timer !== null) clearTimeout(line.timer);
    line.timer = null;
  }
}

function sorted(entries: readonly OutboxEntry[]): readonly OutboxEntry[] {
  return [...entries].sort((a, b) => a.createdAt - b.createdAt);
}
