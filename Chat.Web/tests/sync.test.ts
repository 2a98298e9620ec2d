import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { noSettings } from './support/fakeServer';
import { FakeTransport } from './support/fakeTransport';
import { Bob, Cat, Harness, Me, pass } from './support/harness';

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

describe('live messages', () => {
  test('the next number is applied', async () => {
    await h.open();
    h.server.say(1, Bob, 'one');
    h.server.say(1, Bob, 'two');
    await pass(10);
    expect(h.messages().map((m) => m.text)).toEqual(['one', 'two']);
    expect(h.server.callsOf('SyncChat')).toHaveLength(0);
  });

  test('a doubled push is ignored', async () => {
    h.network.doublesPush = () => true;
    await h.open();
    h.server.say(1, Bob, 'one');
    await pass(10);
    expect(h.ids()).toEqual([1]);
    expect(h.summary.unreadCount).toBe(0);
  });

  test('pushes out of order are applied in order, without a sync', async () => {
    await h.open();
    const waits = [100, 50, 5];
    h.network.pushMs = (event) => (event.name === 'MessagePosted' ? waits.shift()! : 5);
    for (const text of ['one', 'two', 'three']) h.server.say(1, Bob, text);
    await pass(60);
    expect(h.ids()).toEqual([]);
    await pass(1_000);
    expect(h.ids()).toEqual([1, 2, 3]);
    expect(h.server.callsOf('SyncChat')).toHaveLength(0);
  });

  test('a hole is synced after 500 ms and not before', async () => {
    await h.open();
    h.network.losesPush = (event) => event.name === 'MessagePosted' && event.payload.messageId === 1;
    h.server.say(1, Bob, 'one');
    h.server.say(1, Bob, 'two');
    await pass(5);
    await pass(499);
    expect(h.server.callsOf('SyncChat')).toHaveLength(0);
    expect(h.ids()).toEqual([]);
    await pass(20);
    expect(h.server.callsOf('SyncChat')).toEqual([{ chatId: 1, afterMessageId: 0, afterChangeId: 0, afterHideId: 0, limit: 100 }]);
    expect(h.ids()).toEqual([1, 2]);
  });

  test('a new hole gets its own 500 ms', async () => {
    await h.open();
    h.network.pushMs = (event) => (event.name === 'MessagePosted' && event.payload.messageId === 1 ? 400 : 5);
    h.server.say(1, Bob, 'one');
    h.server.say(1, Bob, 'two');
    await pass(450);
    expect(h.ids()).toEqual([1, 2]);
    h.network.pushMs = (event) => (event.name === 'MessagePosted' && event.payload.messageId === 3 ? 300 : 5);
    h.server.say(1, Bob, 'three');
    h.server.say(1, Bob, 'four');
    await pass(290);
    expect(h.server.callsOf('SyncChat')).toHaveLength(0);
    await pass(100);
    expect(h.ids()).toEqual([1, 2, 3, 4]);
  });

  test('an unknown chat is fetched once, and what is pushed meanwhile is kept', async () => {
    await h.start();
    h.server.addChat(7, [Me, Cat]);
    h.server.say(7, Cat, 'one');
    h.server.say(7, Cat, 'two');
    await pass(11);
    h.network.pushMs = () => 1;
    h.server.say(7, Cat, 'three');
    await pass(100);
    expect(h.server.callsOf('GetChat')).toEqual([{ chatId: 7 }]);
    expect(h.client.store.getSummary(7)).toMatchObject({ unreadCount: 3, lastMessage: { text: 'three' } });
  });

  test('a chat that one was removed from disappears, also when its head is under way', async () => {
    await h.start();
    h.server.addChat(7, [Me, Bob, Cat]);
    h.server.say(7, Cat, 'one');
    await pass(11);
    h.network.pushMs = () => 1;
    h.server.removeMember(7, Me);
    await pass(100);
    expect(h.client.store.getSummary(7)).toBeNull();
  });
});

test('a chat that is opened before it is known shows its history', async () => {
  await h.start();
  h.network.losesPush = () => true;
  h.server.addChat(7, [Me, Cat]);
  for (const text of ['one', 'two', 'three']) h.server.say(7, Cat, text);
  h.client.setVisible(7);
  await pass(100);
  expect(h.ids(7)).toEqual([1, 2, 3]);
});

describe('answers', () => {
  test('a hole in an answer is not a loss', async () => {
    await h.open();
    h.server.hidden.add(`${Me}:1:1`).add(`${Me}:1:3`);
    for (const text of ['hidden', 'two', 'hidden', 'four']) h.server.say(1, Bob, text);
    await pass(2_000);
    expect(h.ids()).toEqual([2, 4]);
    const syncs = h.server.callsOf('SyncChat').length;
    await pass(60_000);
    expect(h.server.callsOf('SyncChat')).toHaveLength(syncs);
    h.server.say(1, Bob, 'five');
    await pass(10);
    expect(h.ids()).toEqual([2, 4, 5]);
  });

  test('a long answer is read to its end', async () => {
    await h.open();
    h.network.losesPush = (event) => event.name === 'MessagePosted' && event.payload.messageId < 250;
    for (let i = 1; i <= 250; i++) h.server.say(1, Bob, `${i}`);
    await pass(1_000);
    expect(h.ids()).toEqual(Array.from({ length: 250 }, (_, i) => i + 1));
    expect(h.server.callsOf('SyncChat').map((request) => request.afterMessageId)).toEqual([0, 100, 200]);
  });

  test('tooLong starts afresh from the latest page, older ones are loaded on demand', async () => {
    h.server.replayLimit = 150;
    for (let i = 1; i <= 3; i++) h.server.say(1, Bob, `${i}`);
    await h.open();
    expect(h.ids()).toEqual([1, 2, 3]);
    h.transport!.drop();
    for (let i = 4; i <= 300; i++) h.server.say(1, Bob, `${i}`);
    await pass(2_000);
    expect(h.ids()).toEqual(Array.from({ length: 100 }, (_, i) => i + 201));
    expect(h.client.store.getConversation(1)!.hasOlder).toBe(true);
    await Promise.all([h.client.loadOlder(1), pass(20)]);
    expect(h.ids()[0]).toBe(151);
  });

  test('a sync that the server refuses for now is repeated', async () => {
    await h.open();
    let refusals = 2;
    h.server.refuse = (method) => {
      if (method === 'SyncChat' && refusals-- > 0) throw new Error('unavailable: busy (retry after 700 ms)');
    };
    h.network.losesPush = (event) => event.name === 'MessagePosted' && event.payload.messageId === 1;
    h.server.say(1, Bob, 'one');
    h.server.say(1, Bob, 'two');
    await pass(3_000);
    expect(h.ids()).toEqual([1, 2]);
    expect(h.server.callsOf('SyncChat')).toHaveLength(3);
  });

  test('ResyncRequired finds a message whose push was lost without a trace', async () => {
    await h.open();
    h.network.losesPush = (event) => event.name === 'MessagePosted';
    h.server.say(1, Bob, 'one');
    await pass(5_000);
    expect(h.ids()).toEqual([]);
    h.server.push([Me], { name: 'ResyncRequired', payload: { chatId: 1, reason: 'test' } });
    await pass(50);
    expect(h.ids()).toEqual([1]);
    h.server.say(1, Bob, 'two');
    h.server.push([Me], { name: 'ResyncRequired', payload: { chatId: null, reason: 'test' } });
    await pass(50);
    expect(h.ids()).toEqual([1, 2]);
  });

  test('history is paged backwards without a gap', async () => {
    for (let i = 1; i <= 120; i++) h.server.say(1, Bob, `${i}`);
    await h.open();
    expect(h.ids()[0]).toBe(70);
    await Promise.all([h.client.loadOlder(1), h.client.loadOlder(1), pass(50)]);
    expect(h.ids()[0]).toBe(20);
    await Promise.all([h.client.loadOlder(1), pass(50)]);
    expect(h.ids()).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
    expect(h.client.store.getConversation(1)!.hasOlder).toBe(false);
  });
});

describe('reconnect', () => {
  test('what was missed is caught up', async () => {
    h.server.say(1, Bob, 'one');
    await h.open();
    h.transport!.drop();
    h.server.say(1, Bob, 'two');
    h.server.say(1, Bob, 'three');
    await pass(2_000);
    expect(h.ids()).toEqual([1, 2, 3]);
  });

  test('a message pushed between the connection and the catch-up is neither lost nor doubled', async () => {
    h.server.say(1, Bob, 'one');
    await h.open();
    h.transport!.drop();
    h.server.say(1, Bob, 'two');
    h.network.answerMs = () => 200;
    await pass(600);
    expect(h.client.getConnectionState()).toBe('online');
    h.server.say(1, Bob, 'three');
    await pass(100);
    h.server.say(1, Bob, 'four');
    await pass(2_000);
    expect(h.ids()).toEqual([1, 2, 3, 4]);
  });

  test('a message pushed before the first listing is answered is not lost', async () => {
    h.network.answerMs = () => 200;
    h.client.start();
    await pass(12);
    h.server.say(1, Bob, 'one');
    await pass(1_000);
    expect(h.summary.lastMessage).toMatchObject({ text: 'one' });
    expect(h.summary.unreadCount).toBe(1);
  });

  test('all pages of the chat list are read', async () => {
    for (let id = 2; id <= 250; id++) h.server.say(h.server.addChat(id, [Me, 1000 + id]).chatId, 1000 + id, 'hi');
    await h.start();
    await pass(100);
    expect(h.client.store.getList()).toHaveLength(249);
    expect(h.server.callsOf('ListChats')).toHaveLength(3);
    expect(h.client.store.getUnreadTotal()).toBe(249);
  });

  test('a chat that was never opened takes its new head without a sync', async () => {
    h.server.say(1, Bob, 'one');
    await h.start();
    h.transport!.drop();
    for (let i = 2; i <= 30; i++) h.server.say(1, Bob, `${i}`);
    await pass(2_000);
    expect(h.server.callsOf('SyncChat')).toHaveLength(0);
    expect(h.ids()).toEqual([30]);
    expect(h.summary.unreadCount).toBe(30);
  });

  test('who was removed and added again meanwhile keeps nothing from before', async () => {
    h.server.addChat(2, [Bob, Me, Cat]);
    for (const text of ['one', 'two']) h.server.say(2, Bob, text);
    await h.open(2);
    expect(h.ids(2)).toEqual([1, 2]);
    h.transport!.drop();
    h.server.removeMember(2, Me);
    h.server.say(2, Bob, 'without me');
    h.server.invoke(new FakeTransport(Bob, h.server, h.network), 'AddMembers', { chatId: 2, userIds: [Me] });
    h.server.say(2, Bob, 'welcome back');
    await pass(3_000);
    expect(h.ids(2)).toEqual([4, 5]);
    expect(h.client.store.getConversation(2)!.hasOlder).toBe(false);
  });

  test('a chat that was left meanwhile is gone, an empty direct chat stays', async () => {
    h.server.addChat(2, [Me, Bob, Cat]);
    await h.open();
    await Promise.all([h.client.openDirectChat(Bob), pass(50)]);
    expect(h.client.store.getSummary(2)).not.toBeNull();
    h.transport!.drop();
    h.server.chats.get(2)!.members.delete(Me);
    await pass(2_000);
    expect(h.client.store.getSummary(2)).toBeNull();
    expect(h.client.store.getSummary(1)).not.toBeNull();
  });

  test('an empty direct chat, which no list shows, is asked for what is new in it', async () => {
    await h.start();
    await Promise.all([h.client.openDirectChat(Bob), pass(50)]);
    h.transport!.drop();
    h.server.chats.get(1)!.members.get(Me)!.settings = { ...noSettings, draft: 'half a thought', version: 1 };
    await pass(2_000);
    expect(h.summary.isEmpty).toBe(true);
    expect(h.summary.settings.draft).toBe('half a thought');
  });
});

test('a chat in the background keeps a bounded number of messages', async () => {
  await h.open();
  h.client.setVisible(null);
  for (let i = 1; i <= 700; i++) h.server.say(1, Bob, `${i}`);
  await pass(1_000);
  expect(h.ids()).toHaveLength(500);
  expect(h.ids().at(-1)).toBe(700);
  expect(h.client.store.getConversation(1)!.hasOlder).toBe(true);
});
