import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ChatError } from '../src/client/errors';
import { Bob, Harness, Me, pass } from './support/harness';

let h: Harness;

beforeEach(async () => {
  vi.useFakeTimers();
  h = new Harness();
  h.server.addChat(1, [Me, Bob]);
  await h.start();
});

afterEach(() => {
  h.client.close();
  vi.useRealTimers();
});

test('a message is reported with its reason, and a comment where there is one', async () => {
  const calls = [h.client.reports.message(1, 5, 'spam'), h.client.reports.message(1, 6, 'other', 'it repeats')];
  await pass(10);
  await Promise.all(calls);
  expect(h.server.callsOf('ReportMessage')).toEqual([
    { chatId: 1, messageId: 5, reason: 'spam', comment: null },
    { chatId: 1, messageId: 6, reason: 'other', comment: 'it repeats' },
  ]);
});

test('a person is reported', async () => {
  const call = h.client.reports.person(Bob, 'abuse', 'shouts');
  await pass(10);
  await call;
  expect(h.server.callsOf('ReportUser')).toEqual([{ userId: Bob, reason: 'abuse', comment: 'shouts' }]);
});

test('a refusal comes out as an error with its code', async () => {
  h.server.refuse = (method) => {
    if (method.startsWith('Report')) throw new Error('rate_limited: at most 20 reports a day');
  };
  const calls = Promise.allSettled([h.client.reports.message(1, 5, 'spam'), h.client.reports.person(Bob, 'spam')]);
  await pass(10);
  for (const result of await calls) {
    expect(result.status).toBe('rejected');
    expect((result as PromiseRejectedResult).reason).toBeInstanceOf(ChatError);
    expect((result as PromiseRejectedResult).reason).toMatchObject({ code: 'rate_limited' });
  }
});
