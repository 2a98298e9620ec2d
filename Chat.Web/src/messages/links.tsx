import type { ReactNode } from 'react';

const Url = /\bhttps?:\/\/[^\s<>"'`]+/gi;

/** The text with its web addresses as links. Everything else stays text; no other scheme becomes a link. */
export function withLinks(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(Url)) {
    const url = withoutPunctuation(match[0]);
    parts.push(text.slice(end, match.index));
    parts.push(
      <a key={match.index} href={url} target="_blank" rel="noopener noreferrer nofollow">
        {url}
      </a>,
    );
    end = match.index + url.length;
  }
  parts.push(text.slice(end));
  return parts;
}

/** What ends a sentence is not part of the address, nor is a bracket that opened before it. */
export function withoutPunctuation(url: string): string {
  let trimmed = url.replace(/[.,;:!?…]+$/, '');
  while (trimmed.endsWith(')') && count(trimmed, ')') > count(trimmed, '(')) {
    trimmed = trimmed.slice(0, -1).replace(/[.,;:!?…]+$/, '');
  }
  return trimmed;
}

function count(text: string, letter: string): number {
  return text.split(letter).length - 1;
}
