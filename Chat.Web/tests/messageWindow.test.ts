import { expect, test } from 'vitest';
import type { MessageView, SyncChatResult } from '../src/client/contract';
import { MessageWindow } from '../src/client/messageWindow';

const message = (messageId: number): MessageView => ({
  chatId: 1, messageId, senderId: 2, clientMessageId: null, type: 'text', text: `${messageId}`, system: null, sentAt: '',
});
const watermarks = { deliveredUpTo: 0, readUpTo: 0, othersDeliveredUpTo: 0, othersReadUpTo: 0 };
const answer = (ids: number[], upToMessageId: number, more: Partial<SyncChatResult> = {}): SyncChatResult => ({
  chatId: 1, messages: ids.map(message), upToMessageId, lastMessageId: upToMessageId, hasMore: false, tooLong: false, watermarks,
  changes: [], upToChangeId: 0, lastChangeId: 0, hiddenIds: [], upToHideId: 0, visibleFrom: 1, ...more,
});
const ids = (window: MessageWindow): number[] => window.messages.map((held) => held.messageId);

test('an answer that overlaps with what was pushed meanwhile adds only what is missing', () => {
  const window = new MessageWindow(2, message(2));
  window.post(message(3));
  expect(window.applySync(answer([3, 4, 5], 5)).map((held) => held.messageId)).toEqual([4, 5]);
  expect(ids(window)).toEqual([2, 3, 4, 5]);
  expect(window.applySync(answer([3, 4], 4))).toEqual([]);
  expect(ids(window)).toEqual([2, 3, 4, 5]);
});

test('an answer accounts for ids at its end that the user may not see', () => {
  const window = new MessageWindow(2, message(2));
  window.noteLast(6);
  window.applySync(answer([3], 6));
  expect(window.hasHole).toBe(false);
  expect(window.upTo).toBe(6);
  expect(window.post(message(7))).toHaveLength(1);
});

test('an answer releases what was kept aside behind it', () => {
  const window = new MessageWindow(0, null);
  expect(window.post(message(3))).toEqual([]);
  expect(window.post(message(5))).toEqual([]);
  expect(window.applySync(answer([1, 2], 2)).map((held) => held.messageId)).toEqual([1, 2, 3]);
  expect(window.hasHole).toBe(true);
  expect(window.aside.map((held) => held.messageId)).toEqual([5]);
});

test('a page of history that was asked for another place is not put in', () => {
  const window = new MessageWindow(9, message(9));
  const page = { chatId: 1, messages: [message(7), message(8)], hasOlder: true, hasNewer: true };
  expect(window.prepend(page, 9)).toBe(true);
  expect(window.prepend(page, 9)).toBe(false);
  expect(ids(window)).toEqual([7, 8, 9]);
  expect(window.prepend({ ...page, messages: [], hasOlder: false }, 7)).toBe(true);
  expect(window.hasOlder).toBe(false);
});

test('what is kept aside is bounded, and what is turned away still counts as missing', () => {
  const window = new MessageWindow(0, null);
  for (let id = 2; id <= 2_000; id++) window.post(message(id));
  expect(window.aside).toHaveLength(500);
  expect(window.hasHole).toBe(true);
  window.post(message(1));
  expect(window.upTo).toBe(501);
  expect(window.hasHole).toBe(true);
});

test('a head whose last message the user may not see starts an empty window', () => {
  const window = new MessageWindow(4, null);
  expect(window.messages).toEqual([]);
  expect(window.hasOlder).toBe(true);
  expect(window.from).toBe(5);
  expect(window.post(message(5))).toHaveLength(1);
});

const changed = (messageId: number, changeId: number, text: string): MessageView => ({ ...message(messageId), text, changeId });
const texts = (window: MessageWindow): (string | null)[] => window.messages.map((held) => held.text);

test('a change is applied at once, and a later state is never undone', () => {
  const window = new MessageWindow(2, message(2), 4);
  const event = (changeId: number, text: string) => ({ chatId: 1, changeId, kind: 'edited', actorId: 2, message: changed(2, changeId, text) });
  expect(window.applyChange(event(6, 'later'), 1)).toBe(true);
  expect(window.hasHole).toBe(true);
  expect(window.applyChange(event(5, 'earlier'), 1)).toBe(false);
  expect(texts(window)).toEqual(['later']);
  expect([window.upToChange, window.hasHole]).toEqual([6, false]);
});

test('an answer brings what was missed, also of messages that were pushed meanwhile', () => {
  const window = new MessageWindow(2, message(2), 0);
  window.post(message(3));
  const missed = { changes: [changed(2, 1, 'two')], messages: [changed(3, 2, 'three')], upToChangeId: 2, lastChangeId: 2 };
  window.applySync(answer([], 3, missed));
  expect(texts(window)).toEqual(['two', 'three']);
  expect([window.upToChange, window.hasHole]).toEqual([2, false]);
});

test('a page that was read before a change does not bring the old state back', () => {
  const window = new MessageWindow(2, message(2), 0);
  window.applyChange({ chatId: 1, changeId: 1, kind: 'deleted', actorId: 2, message: { ...changed(1, 1, ''), text: null, deletedAt: 'now' } }, 1);
  window.prepend({ chatId: 1, messages: [message(1)], hasOlder: false, hasNewer: true }, 2);
  expect(texts(window)).toEqual([null, '2']);
});

test('what the user hid is dropped, whether it is held, kept aside or still to come', () => {
  const window = new MessageWindow(2, message(2), 0, 0);
  window.post(message(4));
  expect(window.applyHidden({ chatId: 1, hideId: 3, messageIds: [1, 2, 4] })).toBe(true);
  window.post(message(3));
  window.prepend({ chatId: 1, messages: [message(1)], hasOlder: false, hasNewer: true }, 2);
  expect(ids(window)).toEqual([3]);
  expect([window.upTo, window.upToHide, window.hasHole]).toEqual([4, 3, false]);
});

test('what becomes of a withheld message counts with what the user hid, and its states among themselves', () => {
  const window = new MessageWindow(2, { ...message(2), withheld: true }, 7, 3);
  const event = (hideId: number, changeId: number, text: string) => (
    { chatId: 1, changeId: 0, kind: 'edited', actorId: 1, message: { ...changed(2, changeId, text), withheld: true }, hideId });
  expect(window.applyChange(event(4, 1, 'edited'), 1)).toBe(true);
  expect([texts(window), window.upToChange, window.upToHide, window.hasHole]).toEqual([['edited'], 7, 4, false]);
  window.applyChange(event(6, 3, 'edited later'), 1);
  expect(window.hasHole).toBe(true);
  window.applySync(answer([], 2, { changes: [{ ...changed(2, 3, 'edited later'), withheld: true }], upToChangeId: 7, lastChangeId: 7, upToHideId: 6 }));
  expect([texts(window), window.upToChange, window.upToHide, window.hasHole]).toEqual([['edited later'], 7, 6, false]);
});

test('what the user may not see any more is dropped, also where it was kept aside', () => {
  const window = new MessageWindow(3, message(3));
  window.prepend({ chatId: 1, messages: [message(2)], hasOlder: true, hasNewer: true }, 3);
  window.post(message(5));
  window.post(message(7));
  window.dropBefore(6);
  expect([ids(window), window.hasOlder, window.aside.map((held) => held.messageId)]).toEqual([[], false, [7]]);
  window.applySync(answer([6, 7], 7));
  window.dropBefore(6);
  expect([ids(window), window.from, window.upTo, window.hasHole]).toEqual([[6, 7], 6, 7, false]);
});

const Me = 1;
const counts = [{ emoji: '👍', count: 1 }];
const reacted = (changeId: number, actorId: number, emoji?: string) => ({
  chatId: 1, changeId, kind: 'reaction', actorId, message: { ...changed(2, changeId, `state ${changeId}`), reactions: counts }, ...(emoji && { emoji }),
});
const mine = (window: MessageWindow) => window.messages.map((held) => held.myReaction);

test("others' reactions leave one's own as it was, and one's own from another device is applied", () => {
  const window = new MessageWindow(2, { ...changed(2, 4, 'read'), reactions: counts, myReaction: '👍' }, 4);
  window.applyChange(reacted(5, 2, '❤️'), Me);
  expect([mine(window), texts(window)]).toEqual([['👍'], ['state 5']]);
  window.applyChange(reacted(6, Me, '🎉'), Me);
  expect(mine(window)).toEqual(['🎉']);
  window.applyChange(reacted(7, Me), Me);
  expect(mine(window)).toEqual([undefined]);
});

test("one's own reaction that is told late counts, though the message is newer already", () => {
  const window = new MessageWindow(2, { ...changed(2, 4, 'read'), reactions: counts }, 4);
  window.applyChange(reacted(6, 2, '❤️'), Me);
  window.applyChange(reacted(5, Me, '🎉'), Me);
  expect([mine(window), texts(window), window.hasHole]).toEqual([['🎉'], ['state 6'], false]);
});

test('what is read says all of what is the reader\'s own', () => {
  const window = new MessageWindow(2, { ...changed(2, 4, 'read'), myReaction: '👍' }, 4);
  window.applyChange(reacted(6, 2, '❤️'), Me);
  window.applySync(answer([], 2, { changes: [{ ...changed(2, 6, 'synced'), reactions: counts }], upToChangeId: 6, lastChangeId: 6 }));
  expect([mine(window), window.hasHole]).toEqual([[undefined], false]);
});

test('a page that was read before a pushed reaction still tells of one\'s own', () => {
  const window = new MessageWindow(2, null, 4);
  window.applyChange(reacted(5, 2, '❤️'), Me);
  window.prepend({ chatId: 1, messages: [{ ...changed(2, 4, 'page'), myReaction: '👍' }], hasOlder: false, hasNewer: false }, 3);
  expect([mine(window), texts(window)]).toEqual([['👍'], ['state 5']]);
});

test('a pushed change does not take the head away that a reply shows, and a page that was read does', () => {
  const window = new MessageWindow(0, null);
  const head = { messageId: 1, senderId: 3, type: 'text', text: 'who?' };
  window.applySync(answer([1, 2], 2, { messages: [message(1), { ...message(2), replyTo: head }] }));
  const edited: MessageView = { ...message(2), text: 'me', changeId: 1, replyTo: { messageId: 1 } };
  window.applyChange({ chatId: 1, changeId: 1, kind: 'edited', actorId: 2, message: edited }, 9);
  expect(window.messages[1]).toMatchObject({ text: 'me', replyTo: head });
  window.applySync(answer([], 2, { changes: [edited], upToChangeId: 1, lastChangeId: 1 }));
  expect(window.messages[1]!.replyTo).toEqual({ messageId: 1 });
});

const expiring = (messageId: number, at: number): MessageView => ({ ...message(messageId), expiresAt: new Date(at).toISOString() });
const gone = (messageId: number, at: number, changeId: number): MessageView =>
  ({ ...expiring(messageId, at), text: null, deletedAt: new Date(at + 5_000).toISOString(), changeId });

test('a message goes when its time has come, held or kept aside, and its number still counts', () => {
  const window = new MessageWindow(0, null);
  window.post(expiring(1, 1_000));
  window.post(message(2));
  window.post(expiring(4, 500));
  expect(window.nextExpiry()).toBe(500);
  expect(window.dropExpired(999)).toBe(false);
  expect(window.dropExpired(1_000)).toBe(true);
  expect([ids(window), window.nextExpiry()]).toEqual([[2], Infinity]);
  window.post(message(3));
  expect([ids(window), window.upTo]).toEqual([[2, 3], 4]);
});

test('what expired leaves no tombstone, live, by sync or in a page that was read before', () => {
  const window = new MessageWindow(3, message(3), 0);
  const page = { chatId: 1, messages: [expiring(1, 1_000), expiring(2, 1_000)], hasOlder: false, hasNewer: true };
  window.applyChange({ chatId: 1, changeId: 1, kind: 'expired', actorId: null, message: gone(1, 1_000, 1) }, Me);
  window.applySync(answer([], 3, { changes: [gone(2, 1_000, 2)], upToChangeId: 2, lastChangeId: 2 }));
  window.prepend(page, 3);
  expect([ids(window), window.hasHole]).toEqual([[3], false]);
});

test('a message that somebody deleted before its time shows as deleted', () => {
  const window = new MessageWindow(1, expiring(1, 9_000), 0);
  const deleted = { ...expiring(1, 9_000), text: null, deletedAt: new Date(5_000).toISOString(), changeId: 1 };
  window.applyChange({ chatId: 1, changeId: 1, kind: 'deleted', actorId: 2, message: deleted }, Me);
  expect(window.messages.map((held) => held.deletedAt != null)).toEqual([true]);
});

const poll = { question: 'Who?', options: [{ text: 'Ann', votes: 1 }, { text: 'Bob', votes: 0 }], multiple: false, anonymous: true, voters: 1 };
const voted = (changeId: number, actorId: number | null, votes?: number[]) => ({
  chatId: 1, changeId, kind: 'vote', actorId, message: { ...changed(2, changeId, ''), type: 'poll', poll }, ...(votes && { votes }),
});

test("one's own vote and one's own reaction are each as of the change that told of them", () => {
  const window = new MessageWindow(2, { ...changed(2, 4, ''), type: 'poll', poll, myReaction: '👍', myVotes: [0] }, 4);
  window.applyChange(voted(5, 3), Me);
  window.applyChange(voted(6, Me, [1]), Me);
  window.applyChange(reacted(7, Me, '🎉'), Me);
  window.applyChange(voted(8, 3), Me);
  expect(window.messages.map((held) => [held.myVotes, held.myReaction])).toEqual([[[1], '🎉']]);
  window.applyChange(voted(9, Me, []), Me);
  expect(window.messages.map((held) => [held.myVotes, held.myReaction])).toEqual([[undefined, '🎉']]);
});

test('a vote in an anonymous poll is told twice, and the second time with what is one\'s own', () => {
  const window = new MessageWindow(2, { ...changed(2, 4, ''), type: 'poll', poll }, 4);
  window.applyChange(voted(5, null), Me);
  window.applyChange(voted(5, Me, [0]), Me);
  window.applyChange(voted(6, null), Me);
  expect([window.messages[0]!.myVotes, window.hasHole]).toEqual([[0], false]);
});
