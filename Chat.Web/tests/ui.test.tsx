import { describe, expect, test } from 'vitest';
import type { Conversation, MessageView } from '../src/client';
import { sendable } from '../src/messages/Composer';
import { withLinks, withoutPunctuation } from '../src/messages/links';
import { systemText } from '../src/messages/systemText';
import { timeline } from '../src/messages/timeline';
import { lastSeenText } from '../src/presence/presenceText';
import { initials } from '../src/shared/Avatar';
import { errorText, sentence } from '../src/shared/errorText';
import { ChatError } from '../src/client';
import { tidyLogin } from '../src/shared/login';
import { clockTime, dayTitle, shortTime } from '../src/shared/time';
import { typingText } from '../src/typing/typingText';

const Me = 1;

const message = (messageId: number, senderId: number, sentAt: string, more: Partial<MessageView> = {}): MessageView => ({
  chatId: 1, messageId, senderId, clientMessageId: `c${messageId}`, type: 'text', text: `m${messageId}`, system: null, sentAt, ...more,
});
const conversation = (messages: MessageView[], more: Partial<Conversation> = {}): Conversation => ({
  chatId: 1, messages, pending: [], watermarks: { deliveredUpTo: 0, readUpTo: 0, othersDeliveredUpTo: 0, othersReadUpTo: 0 },
  hasOlder: false, loadingOlder: false, members: null, disappearingSeconds: 0, ...more,
});

describe('links', () => {
  const links = (text: string): string[] => withLinks(text).flatMap((part) => (typeof part === 'object' && part !== null && 'props' in part ? [(part.props as { href: string }).href] : []));

  test('only web addresses become links', () => {
    expect(links('see https://example.com/a?b=c, or HTTP://EXAMPLE.ORG.')).toEqual(['https://example.com/a?b=c', 'HTTP://EXAMPLE.ORG']);
    expect(links('javascript:alert(1) ftp://x data:text/html,<b> www.example.com')).toEqual([]);
    expect(links('"https://example.com"><img onerror=x>')).toEqual(['https://example.com']);
  });

  test('brackets and full stops around an address are not part of it', () => {
    expect(withoutPunctuation('https://e.org/a_(b)')).toBe('https://e.org/a_(b)');
    expect(withoutPunctuation('https://e.org/a).')).toBe('https://e.org/a');
    expect(withoutPunctuation('https://e.org/a?!…')).toBe('https://e.org/a');
  });

  test('nothing of the text is lost', () => {
    const text = 'a https://e.org/x, b (https://e.org/y) c';
    const back = withLinks(text).map((part) => (typeof part === 'string' ? part : (part as { props: { children: string } }).props.children)).join('');
    expect(back).toBe(text);
  });
});

describe('system messages', () => {
  const names = { name: (id: number) => (id === Me ? 'You' : `P${id}`) };
  const text = (senderId: number, kind: string, userIds: number[], title: string | null = null) => systemText({ senderId, system: { kind, userIds, title } }, names);

  test.each([
    [text(2, 'group_created', [3], 'Trip'), 'P2 created the group “Trip”'],
    [text(2, 'members_added', [3]), 'P2 added P3'],
    [text(2, 'members_added', [3, Me]), 'P2 added P3 and you'],
    [text(Me, 'members_added', [2, 3, 4, 5, 6]), 'You added P2, P3, P4 and 2 others'],
    [text(Me, 'member_removed', [3]), 'You removed P3'],
    [text(3, 'member_left', [3]), 'P3 left'],
    [text(3, 'member_left', []), 'P3 left'],
    [text(2, 'owner_changed', [Me]), 'You are now the owner'],
    [text(2, 'owner_changed', [3]), 'P3 is now the owner'],
    [text(2, 'something_new', [3]), 'The group was changed'],
    [text(0, 'title_changed', [], 'News'), 'The channel is now called “News”'],
    [text(0, 'something_new', []), 'The channel was changed'],
  ])('%s', (actual, expected) => expect(actual).toBe(expected));
});

describe('timeline', () => {
  test('days, runs of one sender, statuses', () => {
    const items = timeline(
      conversation(
        [
          message(1, 2, '2026-01-01T10:00:00Z'),
          message(2, 2, '2026-01-01T10:01:00Z'),
          message(3, 2, '2026-01-01T10:30:00Z'),
          message(4, Me, '2026-01-03T10:00:00Z'),
          message(5, Me, '2026-01-03T10:00:01Z'),
          message(6, 2, '2026-01-03T10:00:02Z', { type: 'hologram', text: null }),
        ],
        { watermarks: { deliveredUpTo: 0, readUpTo: 0, othersDeliveredUpTo: 5, othersReadUpTo: 4 } },
      ),
      Me,
      2,
    );
    expect(items.map((item) => (item.kind === 'bubble' ? `${item.text} ${item.first ? 'F' : ''}${item.last ? 'L' : ''} ${item.status ?? ''}`.trim() : item.kind))).toEqual([
      'day', 'm1 F', 'm2 L', 'unread', 'm3 FL', 'day', 'm4 F read', 'm5 L delivered', 'null FL',
    ]);
  });

  test('a message keeps its key when it goes from the outbox into the chat', () => {
    const entry = { clientMessageId: 'c7', chatId: 1, text: 'm7', createdAt: Date.parse('2026-01-01T10:00:00Z'), state: 'pending', error: null } as const;
    const before = timeline(conversation([], { pending: [entry] }), Me, null);
    const after = timeline(conversation([message(7, Me, '2026-01-01T10:00:00Z')]), Me, null);
    expect(before.map((item) => item.key)).toEqual(after.map((item) => item.key));
    expect(before.at(-1)).toMatchObject({ status: 'pending' });
  });
});

describe('words', () => {
  test('times of the chat list', () => {
    const now = new Date(2026, 5, 15, 12);
    const at = (day: number) => new Date(2026, 5, day, 11).toISOString();
    expect(shortTime(at(15), now)).toMatch(/11/);
    expect(shortTime(at(14), now)).toBe('Yesterday');
    expect(shortTime(at(10), now)).toBe(new Intl.DateTimeFormat(undefined, { weekday: 'short' }).format(new Date(2026, 5, 10)));
    expect(shortTime(at(1), now)).toMatch(/6.*1|1.*6/);
    expect(dayTitle(at(15), now)).toBe('Today');
  });

  test('last seen', () => {
    const now = new Date(2026, 5, 15, 12);
    const at = (year: number, month: number, day: number) => new Date(year, month, day, 14, 3).toISOString();
    const clock = clockTime(at(2026, 5, 15));
    expect(lastSeenText(new Date(2026, 5, 15, 0, 1).toISOString(), now)).toMatch(/^last seen today at /);
    // Of a clock that is ahead.
    expect(lastSeenText(at(2026, 5, 15), now)).toBe(`last seen today at ${clock}`);
    expect(lastSeenText(at(2026, 5, 14), now)).toBe(`last seen yesterday at ${clock}`);
    expect(lastSeenText(at(2026, 5, 1), now)).toBe(`last seen ${new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long' }).format(new Date(2026, 5, 1))}`);
    expect(lastSeenText(at(2025, 5, 1), now)).toMatch(/2025/);
    expect(lastSeenText(null, now)).toBe('offline');
  });

  test('who is typing', () => {
    expect(typingText(['Ann'])).toBe('Ann is typing…');
    expect(typingText(['Ann', 'Bob'])).toBe('Ann and Bob are typing…');
    expect(typingText(['Ann', 'Bob', 'Cat'])).toBe('3 people are typing…');
  });

  test('initials', () => {
    expect(['Ann', 'ann marie lee', 'Ångström', '😀 smile', ''].map(initials)).toEqual(['A', 'AL', 'Å', '😀S', '?']);
  });

  test('what the server would refuse or change is tidied before it is sent', () => {
    expect(sendable('  a\r\nb\u0000\u0085\tc  \n')).toBe('a\nb\tc');
    expect(sendable(' \n ')).toBe('');
    expect(tidyLogin(' +1 (234) 567-89.00 ')).toBe('+12345678900');
    expect(tidyLogin(' ann_lee ')).toBe('ann_lee');
  });

  test('errors', () => {
    expect(sentence('is taken')).toBe('Is taken.');
    expect(errorText(new ChatError('invalid', 'must be E.164', false, 'phoneNumber'))).toBe('Phone number must be E.164.');
    expect(errorText(new ChatError('rate_limited', 'slow down', true, null, 1500))).toBe('Too many attempts. Try again in 2 seconds.');
    expect(errorText(new TypeError('x'))).toBe('Something went wrong.');
  });
});
