import { clockTime, dayMonth, daysBetween } from '../shared/time';

/** When somebody who is offline was last seen, on the reader's calendar. */
export function lastSeenText(lastSeen: string | null, now = new Date()): string {
  if (lastSeen === null) return 'offline';
  const date = new Date(lastSeen);
  const days = daysBetween(date, now);
  // The server's clock may be a little ahead of ours.
  if (days <= 0) return `last seen today at ${clockTime(lastSeen)}`;
  if (days === 1) return `last seen yesterday at ${clockTime(lastSeen)}`;
  return `last seen ${dayMonth(lastSeen, now)}`;
}
