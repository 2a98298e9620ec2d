import type { ChatSyncOptions } from './chatSync';
import type { ParticipantView } from './contract';
import { repeat } from './repeat';

const HistoryLimit = 50;
const MembersLimit = 100;

/** What is asked for only when somebody looks: older messages, and who is in a group. */
export class ChatPages {
  readonly #options: ChatSyncOptions;
  readonly #histories = new Map<number, Promise<void>>();
  readonly #memberLists = new Map<number, Promise<void>>();

  constructor(options: ChatSyncOptions) {
    this.#options = options;
  }

  /** One page of older messages. Rejects when it cannot be had now. */
  loadOlder(chatId: number): Promise<void> {
    const chat = this.#options.store.get(chatId);
    if (chat === undefined || !chat.window.hasOlder) return Promise.resolve();
    return single(this.#histories, chatId, async () => {
      const { connection, store } = this.#options;
      const beforeMessageId = chat.window.from;
      chat.loadingOlder = true;
      store.changed(chatId);
      try {
        const page = await this.#repeat(() => connection.call('ListMessages', { chatId, beforeMessageId, limit: HistoryLimit }));
        if (chat.window.prepend(page, beforeMessageId)) this.#options.onChanged(chat, page.messages);
      } finally {
        chat.loadingOlder = false;
        store.changed(chatId);
      }
    });
  }

  /** Lists the members of a group; a channel's many are nobody's to hold. Rejects when they cannot be had now. */
  loadMembers(chatId: number): Promise<void> {
    const chat = this.#options.store.get(chatId);
    if (chat === undefined || chat.type !== 'group' || !chat.membersStale) return Promise.resolve();
    return single(this.#memberLists, chatId, async () => {
      const { connection, store } = this.#options;
      while (chat.membersStale) {
        // Whoever joins or leaves while the pages come sets it again.
        chat.membersStale = false;
        const members: ParticipantView[] = [];
        try {
          let hasMore = true;
          while (hasMore) {
            const afterUserId = members.at(-1)?.user.userId ?? null;
            const page = await this.#repeat(() => connection.call('ListParticipants', { chatId, afterUserId, limit: MembersLimit }));
            members.push(...page.participants);
            this.#options.onUsers(page.participants.map((member) => member.user));
            hasMore = page.hasMore && page.participants.length > 0;
          }
        } catch (error) {
          chat.membersStale = true;
          throw error;
        }
        if (chat.membersStale) continue;
        chat.setMembers(members);
        store.changed(chatId);
        this.#options.onChanged(chat, []);
      }
    });
  }

  #repeat<T>(call: () => Promise<T>): Promise<T> {
    return repeat(this.#options.connection, call, this.#options.random);
  }
}

/** Callers that want the same at the same time share one run. */
function single(runs: Map<number, Promise<void>>, key: number, work: () => Promise<void>): Promise<void> {
  let run = runs.get(key);
  if (run === undefined) {
    run = work().finally(() => runs.delete(key));
    runs.set(key, run);
  }
  return run;
}
