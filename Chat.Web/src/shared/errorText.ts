import { ChatError } from '../client';

/** An error in words for people. */
export function errorText(error: unknown): string {
  if (!(error instanceof ChatError)) return 'Something went wrong.';
  switch (error.code) {
    case 'disconnected':
      return 'No connection to the server. Try again in a moment.';
    case 'timeout':
      return 'The server takes too long to answer. Try again in a moment.';
    case 'unavailable':
      return 'The server is busy. Try again in a moment.';
    case 'rate_limited':
      return error.retryAfterMs === null ? 'Too many attempts. Try again later.' : `Too many attempts. Try again in ${waitText(error.retryAfterMs)}.`;
    case 'internal':
      return `Something went wrong on the server (${error.text}).`;
    default:
      return sentence(error.field === null ? error.text : `${spaced(error.field)} ${error.text}`);
  }
}

/** The server's text about a field, to be shown beside that field. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed.charAt(0).toUpperCase() + trimmed.slice(1) + (/[.!?]$/.test(trimmed) ? '' : '.');
}

function spaced(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function waitText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 90) return seconds === 1 ? 'a second' : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
