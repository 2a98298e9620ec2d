import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { advance, MemberMarks } from '../src/client/watermarks';
import { user } from './support/fakeServer';
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

const status = (): string | null => h.summary.lastMessageStatus;

describe('watermarks', () => {
  test('never move back', () => {
    const marks = { deliveredUpTo: 5, readUpTo: 4, othersDeliveredUpTo: 9, othersReadUpTo: 7 };
    expect(advance(marks, { deliveredUpTo: 3, readUpTo: 2, othersDeliveredUpTo: 1, othersReadUpTo: 0 })).toBe(marks);
    expect(advance(marks, { readUpTo: 8, othersReadUpTo: 10 })).toEqual({ deliveredUpTo: 8, readUpTo: 8, othersDeliveredUpTo: 10, othersReadUpTo: 10 });
  });

  test('the lowest among the other members counts, whichever news came first', () => {
    const marks = new MemberMarks();
    marks.add({ userId: Cat, deliveredUpTo: 9, readUpTo: 9 });
    expect(marks.lowestOfOthers(Me)).toBeNull();
    const member = (userId: number, deliveredUpTo: number, readUpTo: number) => ({ user: user(userId), role: 'member', joinedAt: '', deliveredUpTo, readUpTo, ownPermissions: null, silencedUntil: null });
    marks.setMembers([member(Me, 0, 0), member(Bob, 7, 5), member(Cat, 2, 1)]);
    expect(marks.lowestOfOthers(Me)).toEqual({ othersDeliveredUpTo: 7, othersReadUpTo: 5 });
    marks.add({ userId: Bob, deliveredUpTo: 6, readUpTo: 6 });
    expect(marks.lowestOfOthers(Me)).toEqual({ othersDeliveredUpTo: 7, othersReadUpTo: 6 });
    marks.setMembers([member(Me, 0, 0)]);
    expect(marks.lowestOfOthers(Me)).toBeNull();
  });
});

describe('ticks', () => {
  test('in a direct chat follow the peer, and only forward', async () => {
    await h.open();
    h.client.send(1, 'hello');
    await pass(20);
    expect(status()).toBe('sent');
    h.server.mark(1, Bob, { deliveredUpTo: 1 });
    await pass(10);
    expect(status()).toBe('delivered');
    h.server.mark(1, Bob, { readUpTo: 1 });
    await pass(10);
    expect(status()).toBe('read');
    h.server.push([Me], { name: 'ReceiptsAdvanced', payload: { chatId: 1, receipts: [{ userId: Bob, deliveredUpTo: 0, readUpTo: 0 }] } });
    await pass(10);
    expect(status()).toBe('read');
  });

  test('in a group follow the slowest member', async () => {
    h.server.addChat(2, [Me, Bob, Cat]);
    await h.open(2);
    h.client.send(2, 'hello');
    await pass(20);
    const group = () => h.client.store.getSummary(2)!.lastMessageStatus;
    h.server.mark(2, Bob, { readUpTo: 1 });
    await pass(50);
    expect(group()).toBe('sent');
    h.server.mark(2, Cat, { deliveredUpTo: 1 });
    await pass(50);
    expect(group()).toBe('delivered');
    h.server.mark(2, Cat, { readUpTo: 1 });
    await pass(50);
    expect(group()).toBe('read');
    expect(h.server.callsOf('ListParticipants')).toHaveLength(1);
  });

  test('in a group that is not open, members are listed only when a receipt may matter', async () => {
    h.server.addChat(2, [Me, Bob, Cat]);
    h.server.say(2, Bob, 'hi');
    await h.start();
    h.server.mark(2, Cat, { readUpTo: 1 });
    await pass(50);
    expect(h.server.callsOf('ListParticipants')).toHaveLength(0);
    h.client.send(2, 'hello');
    await pass(50);
    h.server.mark(2, Cat, { readUpTo: 2 });
    h.server.mark(2, Bob, { readUpTo: 2 });
    await pass(50);
    expect(h.server.callsOf('ListParticipants')).toHaveLength(1);
    expect(h.client.store.getSummary(2)!.lastMessageStatus).toBe('read');
  });

  test('receipts missed while away are caught up', async () => {
    h.server.addChat(2, [Me, Bob, Cat]);
    await h.open(2);
    h.client.send(2, 'one');
    await pass(20);
    h.transport!.drop();
    h.server.mark(2, Bob, { readUpTo: 1 });
    await pass(2_000);
    h.server.mark(2, Cat, { readUpTo: 1 });
    await pass(100);
    expect(h.client.store.getSummary(2)!.lastMessageStatus).toBe('read');
  });
});

test('members who join while they are listed are not forgotten', async () => {
  const group = h.server.addChat(2, [Me, Bob]);
  Object.assign(group, { type: 'group' });
  await h.start();
  h.network.answerMs = () => 100;
  h.client.setVisible(2);
  await pass(20);
  group.members.set(Cat, { role: 'member', visibleFrom: 1, deliveredUpTo: 0, readUpTo: 0 });
  h.server.push([Me], { name: 'ChatUpdated', payload: { chatId: 2, type: 'group', title: null, memberCount: 3, pictureMediaId: null } });
  await pass(500);
  expect(h.client.store.getConversation(2)!.members!.map((member) => member.user.userId)).toEqual([Me, Bob, Cat]);
});

describe('own marks', () => {
  test('a burst is marked delivered once', async () => {
    await h.start();
    for (let i = 0; i < 20; i++) h.server.say(1, Bob, `${i}`);
    await pass(1_000);
    expect(h.server.callsOf('MarkDelivered')).toEqual([{ chatId: 1, upTo: 20 }]);
    expect(h.server.callsOf('MarkRead')).toEqual([]);
    expect(h.summary.unreadCount).toBe(20);
  });

  test('what names the user is counted until it is read, here or elsewhere', async () => {
    h.server.say(1, Bob, 'before', { mentions: [Me] });
    for (let i = 0; i < 5; i++) h.server.say(1, Bob, `${i}`);
    await h.start();
    expect([h.summary.unreadCount, h.summary.unreadMentions]).toEqual([6, 1]);
    h.server.say(1, Bob, 'now', { mentions: [Cat, Me] });
    h.server.say(1, Bob, 'not me', { mentions: [Cat] });
    await pass(20);
    expect([h.summary.unreadCount, h.summary.unreadMentions]).toEqual([8, 2]);
    h.server.push([Me], { name: 'ReceiptsAdvanced', payload: { chatId: 1, receipts: [{ userId: Me, deliveredUpTo: 8, readUpTo: 8 }] } });
    await pass(20);
    expect([h.summary.unreadCount, h.summary.unreadMentions]).toEqual([0, 0]);
  });

  test('what arrived while away is marked delivered, what was marked is not marked again', async () => {
    h.server.say(1, Bob, 'one');
    await h.start();
    await pass(1_000);
    expect(h.server.callsOf('MarkDelivered')).toEqual([{ chatId: 1, upTo: 1 }]);
    h.transport!.drop();
    await pass(5_000);
    expect(h.server.callsOf('MarkDelivered')).toHaveLength(1);
  });

  test('nobody is told of one’s own messages', async () => {
    await h.open();
    h.client.send(1, 'mine');
    await pass(5_000);
    expect([...h.server.callsOf('MarkDelivered'), ...h.server.callsOf('MarkRead')]).toEqual([]);
  });

  test('a visible chat is read, one without focus only when the focus comes back', async () => {
    h.client.setFocused(false);
    await h.open();
    h.server.say(1, Bob, 'one');
    await pass(1_000);
    expect(h.summary.unreadCount).toBe(1);
    expect(h.server.callsOf('MarkRead')).toEqual([]);
    h.client.setFocused(true);
    expect(h.summary.unreadCount).toBe(0);
    await pass(1_000);
    expect(h.server.callsOf('MarkRead')).toEqual([{ chatId: 1, upTo: 1 }]);
  });

  test('a read mark that could not be sent is sent after the reconnect', async () => {
    h.server.say(1, Bob, 'one');
    await h.start();
    h.transport!.drop();
    h.client.setVisible(1);
    expect(h.summary.unreadCount).toBe(0);
    await pass(3_000);
    expect(h.server.chats.get(1)!.members.get(Me)!.readUpTo).toBe(1);
    expect(h.summary.unreadCount).toBe(0);
  });

  test('a mark that is refused for now is sent later', async () => {
    let refusals = 2;
    h.server.refuse = (method) => {
      if (method === 'MarkDelivered' && refusals-- > 0) throw new Error('unavailable: busy');
    };
    h.server.say(1, Bob, 'one');
    await h.start();
    await pass(5_000);
    expect(h.server.chats.get(1)!.members.get(Me)!.deliveredUpTo).toBe(1);
    expect(h.server.callsOf('MarkDelivered')).toHaveLength(3);
  });
});

describe('unread count', () => {
  test('counts others’ messages, not system messages', async () => {
    h.server.addChat(2, [Me, Bob, Cat]);
    h.server.say(2, Bob, 'one');
    await h.start();
    h.server.say(2, Cat, 'two');
    h.server.saySystem(2, Bob, { kind: 'members_added', userIds: [9], title: null });
    h.client.send(2, 'mine');
    await pass(100);
    expect(h.client.store.getSummary(2)!.unreadCount).toBe(2);
    expect(h.client.store.getUnreadTotal()).toBe(2);
  });

  test('falls when another device of the user reads, also in the middle of what is not held', async () => {
    for (let i = 1; i <= 10; i++) h.server.say(1, i === 6 || i === 7 ? Me : Bob, `${i}`);
    await h.start();
    expect(h.summary.unreadCount).toBe(8);
    h.server.mark(1, Me, { readUpTo: 4 });
    await pass(100);
    expect(h.summary.unreadCount).toBe(4);
    h.server.say(1, Bob, 'eleven');
    await pass(100);
    expect(h.summary.unreadCount).toBe(5);
    h.server.mark(1, Me, { readUpTo: 11 });
    await pass(100);
    expect(h.summary.unreadCount).toBe(0);
  });
});
