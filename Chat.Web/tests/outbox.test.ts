import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { KeyedOutboxStorage, type KeyValueStorage } from '../src/client/outboxStorage';
import { sentMessage } from '../src/client/sentMessages';
import { Bob, Harness, Me, pass } from './support/harness';

let h: Harness;

beforeEach(() => {
  vi.useFakeTimers();
  h = new Harness();
  h.server.addChat(1, [Me, Bob]);
});

afterEach(() => {
  h.client.close();
  vi.useRealTimers();
});

const stored = (): (string | null)[] => h.server.chats.get(1)!.messages.map((message) => message.text);
const shown = (): (string | null)[] => [...h.messages().map((message) => message.text), ...h.pending()];

describe('sending', () => {
  test('a message is pending at once and sent when its result arrives', async () => {
    await h.open();
    h.client.send(1, 'hello');
    expect(h.pending()).toEqual(['hello']);
    await pass(20);
    expect(h.pending()).toEqual([]);
    expect(h.messages()).toMatchObject([{ messageId: 1, senderId: Me, text: 'hello' }]);
    expect(h.summary.lastMessageStatus).toBe('sent');
    expect(h.storage.load()).toEqual([]);
  });

  test('a reply shows at once what it answers, and a place goes out without a text', async () => {
    h.server.say(1, Bob, `where? ${'👋'.repeat(100)}`);
    await h.open();
    h.client.send(1, 'here', { replyTo: 1 });
    h.client.send(1, '', { location: { latitude: 1.5, longitude: -2 } });
    await pass(20);
    const [question, reply, place] = h.messages();
    expect(reply!.replyTo).toEqual({ messageId: 1, senderId: Bob, type: 'text', text: question!.text!.slice(0, 139) });
    expect(place).toMatchObject({ type: 'location', text: null, location: { latitude: 1.5, longitude: -2 } });
    expect(h.server.chats.get(1)!.messages.map(({ type, text, replyTo }) => [type, text, replyTo?.messageId])).toEqual([
      ['text', question!.text, undefined], ['text', 'here', 1], ['location', null, undefined],
    ]);
    await expect(h.client.quoteOf(1, 1)).resolves.toEqual(reply!.replyTo);
  });

  test('a file goes out by its id and shows as the server has it', async () => {
    await h.open();
    const file = {
      mediaId: 7, type: 'image', contentType: 'image/png', byteSize: 5, fileName: null, width: null, height: null, durationMs: null, hasThumbnail: false,
    } as const;
    h.client.send(1, 'look', { file, mentions: [Bob] });
    await pass(20);
    const held = h.messages().at(-1)!;
    expect(held).toMatchObject({ type: 'image', text: 'look', mentions: [Bob] });
    expect(held.media).toEqual(h.server.chats.get(1)!.messages.at(-1)!.media);
  });

  test('a post of a channel is signed as the answer says', () => {
    const entry = { chatId: 1, clientMessageId: crypto.randomUUID(), text: 'news', extras: undefined } as unknown as Parameters<typeof sentMessage>[0];
    const result = { chatId: 1, messageId: 2, sentAt: '', duplicate: false };
    expect(sentMessage(entry, { ...result, signature: 'Ann' }, 0, () => undefined).signature).toBe('Ann');
    expect(sentMessage(entry, result, 0, () => undefined)).not.toHaveProperty('signature');
  });

  test('sends do not wait for each other and keep their order', async () => {
    await h.open();
    h.network.answerMs = () => 1_000;
    const texts = Array.from({ length: 5 }, (_, i) => `m${i}`);
    for (const text of texts) h.client.send(1, text);
    await pass(20);
    expect(stored()).toEqual(texts);
  });

  test('a long backlog goes out in order', async () => {
    await h.open();
    await Promise.all([h.client.openDirectChat(Bob), pass(50)]);
    h.transport!.drop();
    const texts = Array.from({ length: 40 }, (_, i) => `m${i}`);
    for (const text of texts) h.client.send(1, text);
    expect(h.pending()).toEqual(texts);
    await pass(2_000);
    expect(stored()).toEqual(texts);
    expect(shown()).toEqual(texts);
  });

  test('an own message behind a hole stays on the screen', async () => {
    await h.open();
    h.network.losesPush = (event) => event.name === 'MessagePosted';
    h.server.say(1, Bob, 'lost');
    h.client.send(1, 'mine');
    await pass(20);
    expect(shown()).toEqual(['mine']);
    await pass(1_000);
    expect(shown()).toEqual(['lost', 'mine']);
  });
});

describe('repeating', () => {
  test('a lost answer costs nothing: the message is stored and shown once', async () => {
    await h.open();
    h.network.losesAnswer = (method) => method === 'SendMessage';
    h.client.send(1, 'hello');
    await pass(20);
    expect(stored()).toEqual(['hello']);
    expect(h.pending()).toEqual(['hello']);
    h.network.losesAnswer = () => false;
    h.transport!.drop();
    await pass(2_000);
    expect(stored()).toEqual(['hello']);
    expect(shown()).toEqual(['hello']);
    expect(h.storage.load()).toEqual([]);
  });

  test('a send that is never answered is repeated after the call times out', async () => {
    await h.open();
    h.network.losesAnswer = (method) => method === 'SendMessage';
    h.client.send(1, 'hello');
    await pass(14_000);
    h.network.losesAnswer = () => false;
    await pass(2_000);
    expect(h.server.callsOf('SendMessage')).toHaveLength(2);
    expect(new Set(h.server.callsOf('SendMessage').map((request) => request.clientMessageId)).size).toBe(1);
    expect(shown()).toEqual(['hello']);
  });

  test('after a refusal that passes, the server is left alone as long as it asked, then all go out in order', async () => {
    await h.open();
    const until = Date.now() + 3_000;
    h.server.refuse = (method) => {
      if (method === 'SendMessage' && Date.now() < until) throw new Error('HubException: rate_limited: slow down (retry after 3000 ms)');
    };
    for (const text of ['a', 'b', 'c']) h.client.send(1, text);
    await pass(2_900);
    expect(h.server.callsOf('SendMessage')).toHaveLength(3);
    await pass(2_000);
    expect(stored()).toEqual(['a', 'b', 'c']);
    expect(shown()).toEqual(['a', 'b', 'c']);
  });

  test('a refusal for good marks the message failed; the others go on', async () => {
    await h.open();
    h.server.refuse = (method, request) => {
      if (method === 'SendMessage' && request.text === 'bad') throw new Error('HubException: invalid: text: must be nicer');
    };
    for (const text of ['bad', 'good']) h.client.send(1, text);
    await pass(50);
    expect(stored()).toEqual(['good']);
    const [entry] = h.client.store.getConversation(1)!.pending;
    expect(entry).toMatchObject({ state: 'failed', error: 'text must be nicer' });
    expect(h.storage.load()).toMatchObject([{ state: 'failed' }]);

    h.server.refuse = () => {};
    h.client.retrySend(entry!.clientMessageId);
    await pass(50);
    expect(stored()).toEqual(['good', 'bad']);
    expect(shown()).toEqual(['good', 'bad']);
  });

  test('a failed message can be discarded', async () => {
    await h.open();
    h.server.refuse = (method) => {
      if (method === 'SendMessage') throw new Error('forbidden: you are blocked');
    };
    h.client.send(1, 'hello');
    await pass(50);
    h.client.discardSend(h.client.store.getConversation(1)!.pending[0]!.clientMessageId);
    expect(shown()).toEqual([]);
    expect(h.storage.load()).toEqual([]);
    await pass(60_000);
    expect(h.server.callsOf('SendMessage')).toHaveLength(1);
  });

  test('a log-in that ends does not fail messages', async () => {
    await h.open();
    h.server.refuse = (method) => {
      if (method === 'SendMessage') throw new Error('unauthenticated: the session has ended');
    };
    h.client.send(1, 'hello');
    await pass(20);
    expect(h.storage.load()).toMatchObject([{ state: 'pending' }]);
  });
});

describe('a server that goes away', () => {
  test('what is under way when it is left is stored once, in order', async () => {
    await h.open();
    h.network.answerMs = () => 1_000;
    const texts = Array.from({ length: 12 }, (_, i) => `m${i}`);
    h.server.push([Me], { name: 'ReconnectRequired', payload: { afterMs: 50, reason: 'test' } });
    for (const text of texts) {
      h.client.send(1, text);
      await pass(10);
    }
    expect(shown()).toEqual(texts);
    await pass(10_000);
    expect(h.client.connection.epoch).toBe(2);
    expect(stored()).toEqual(texts);
    expect(shown()).toEqual(texts);
    expect(h.storage.load()).toEqual([]);
  });
});

describe('reload', () => {
  test('what was pending is shown and sent by the next page', async () => {
    await h.start();
    h.transport!.drop();
    h.client.send(1, 'one');
    h.client.send(1, 'two');
    h.client.close();
    h.client = h.newClient();
    await h.open();
    expect(stored()).toEqual(['one', 'two']);
    expect(shown()).toEqual(['one', 'two']);
  });

  test('a message whose answer came after the page was closed is not shown twice', async () => {
    await h.open();
    h.network.answerMs = () => 60_000;
    h.client.send(1, 'one');
    await pass(20);
    h.client.close();
    h.network.answerMs = () => 5;
    h.client = h.newClient();
    await h.open();
    expect(stored()).toEqual(['one']);
    expect(shown()).toEqual(['one']);
  });

  test('a message that is stored after the list of chats was read, and answered before the list, is shown', async () => {
    h.server.say(1, Bob, 'zero');
    await h.start();
    h.transport!.drop();
    h.client.send(1, 'one');
    h.client.close();
    const invoke = h.server.invoke.bind(h.server);
    let list: unknown;
    h.server.invoke = (from, method, request) => {
      if (method === 'SendMessage') list ??= structuredClone(invoke(from, 'ListChats', {}));
      const answer = invoke(from, method, request);
      return method === 'ListChats' ? (list ?? answer) : answer;
    };
    h.client = h.newClient();
    await h.open();
    expect(stored()).toEqual(['zero', 'one']);
    expect(shown()).toEqual(['zero', 'one']);
  });

  test('an entry leaves when the message is seen in the chat, without a result', async () => {
    await h.open();
    h.network.losesAnswer = (method) => method === 'SendMessage';
    h.client.send(1, 'one');
    await pass(20);
    h.server.push([Me], { name: 'MessagePosted', payload: h.server.chats.get(1)!.messages[0]! });
    await pass(20);
    expect(shown()).toEqual(['one']);
    expect(h.storage.load()).toEqual([]);
  });
});

describe('two tabs', () => {
  test('neither loses, doubles or disorders anything', async () => {
    await h.start();
    const first = h.client;
    h.transport!.drop();
    first.send(1, 'a1');
    first.send(1, 'a2');
    const second = h.newClient();
    second.send(1, 'b1');
    second.start();
    first.send(1, 'a3');
    await pass(3_000);
    expect([...stored()].sort()).toEqual(['a1', 'a2', 'a3', 'b1']);
    expect(stored().filter((text) => text!.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    expect(h.storage.load()).toEqual([]);
    for (const tab of [first, second]) {
      tab.setVisible(1);
      await pass(100);
      expect(tab.store.getConversation(1)!.messages.map((message) => message.text)).toEqual(stored());
      expect(tab.store.getConversation(1)!.pending).toEqual([]);
    }
    second.close();
  });

  test('what a closed tab left behind is sent by whoever connects next', async () => {
    await h.open();
    h.storage.put({ clientMessageId: crypto.randomUUID(), chatId: 1, text: 'left', createdAt: 1, state: 'pending', error: null });
    h.transport!.drop();
    await pass(2_000);
    expect(stored()).toEqual(['left']);
    expect(shown()).toEqual(['left']);
  });

  test('a message that the other tab sent is not shown twice while it waits for an earlier one', async () => {
    await h.open();
    h.network.losesAnswer = (method) => method === 'SendMessage';
    h.network.losesPush = (event) => event.name === 'MessagePosted' && event.payload.senderId === Bob;
    h.server.say(1, Bob, 'lost');
    h.client.send(1, 'mine');
    await pass(20);
    h.server.push([Me], { name: 'MessagePosted', payload: h.server.chats.get(1)!.messages[1]! });
    await pass(20);
    expect(shown()).toEqual(['mine']);
    await pass(1_000);
    expect(shown()).toEqual(['lost', 'mine']);
  });

  test('every entry has a key of its own, and other users and bad values are left alone', () => {
    const map = new Map<string, string>([['chat.outbox.2.x', '{}'], ['chat.outbox.1.broken', '{'], ['theme', 'dark']]);
    const storage: KeyValueStorage = {
      get length() {
        return map.size;
      },
      key: (i) => [...map.keys()][i] ?? null,
      getItem: (key) => map.get(key) ?? null,
      setItem: (key, value) => void map.set(key, value),
      removeItem: (key) => void map.delete(key),
    };
    let removed: (key: string) => void = () => {};
    const heard: string[] = [];
    const outbox = new KeyedOutboxStorage(1, storage, (listener) => ((removed = listener), () => {}));
    outbox.onRemoved((id) => heard.push(id));
    const entry = { clientMessageId: 'm1', chatId: 1, text: 'hi', createdAt: 1, state: 'pending', error: null } as const;
    outbox.put(entry);
    expect(map.has('chat.outbox.1.m1')).toBe(true);
    expect(outbox.load()).toEqual([entry]);
    removed('chat.outbox.2.x');
    removed('chat.outbox.1.m1');
    expect(heard).toEqual(['m1']);
    outbox.remove('m1');
    outbox.replace({ ...entry, state: 'failed' });
    expect(outbox.load()).toEqual([]);
    expect(map.size).toBe(3);
  });

  test('a storage without room costs the reload, not the message', async () => {
    h.storage.put = () => {
      throw new Error('QuotaExceededError');
    };
    await h.open();
    h.transport!.drop();
    h.client.send(1, 'one');
    await pass(2_000);
    expect(shown()).toEqual(['one']);
    expect(stored()).toEqual(['one']);
  });
});
