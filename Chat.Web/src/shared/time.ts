const DayMs = 86_400_000;

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const shortDate = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'numeric', year: '2-digit' });
const longDate = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const longDateWithYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });
const dayAndMonth = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long' });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export const clockTime = (time: string | number): string => clock.format(new Date(time));

export const momentText = (time: string | number): string => moment.format(new Date(time));

/** The date, with the year where it is another one. */
export function dayMonth(time: string, now = new Date()): string {
  const date = new Date(time);
  return date.getFullYear() === now.getFullYear() ? dayAndMonth.format(date) : longDateWithYear.format(date);
}

/** For a line of the chat list: the clock today, then the weekday, then the date. */
export function shortTime(time: string, now = new Date()): string {
  const days = daysBetween(new Date(time), now);
  if (days <= 0) return clockTime(time);
  if (days === 1) return 'Yesterday';
  return days < 7 ? weekday.format(new Date(time)) : shortDate.format(new Date(time));
}

/** The heading of a day in a conversation. */
export function dayTitle(time: string | number, now = new Date()): string {
  const date = new Date(time);
  const days = daysBetween(date, now);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return date.getFullYear() === now.getFullYear() ? longDate.format(date) : longDateWithYear.format(date);
}

/** The same for all moments of a day on the reader's calendar. */
export function dayKey(time: string | number): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

/** Midnights between two moments on the reader's calendar. */
export function daysBetween(from: Date, to: Date): number {
  const day = (date: Date): number => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((day(to) - day(from)) / DayMs);
}
