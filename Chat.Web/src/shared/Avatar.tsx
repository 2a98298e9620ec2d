import { useState } from 'react';
import { Icon } from './Icon';

export interface AvatarProps {
  readonly name: string;
  /** Decides the colour, so that somebody keeps theirs. */
  readonly id: number;
  readonly pictureUrl?: string | null | undefined;
  readonly group?: boolean;
  readonly size?: 'small' | 'large';
}

/** The number of colours in the style sheet (`avatar-0` …). */
export const Colours = 8;

export function Avatar({ name, id, pictureUrl, group = false, size }: AvatarProps) {
  const [broken, setBroken] = useState<string | null>(null);
  const className = `avatar avatar-${id % Colours}${size ? ` avatar-${size}` : ''}`;
  if (pictureUrl && /^https?:\/\//i.test(pictureUrl) && broken !== pictureUrl) {
    return <img className={className} src={pictureUrl} alt="" referrerPolicy="no-referrer" loading="lazy" onError={() => setBroken(pictureUrl)} />;
  }
  return (
    <span className={className} aria-hidden="true">
      {group ? <Icon name="group" /> : initials(name)}
    </span>
  );
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = [...(words[0] ?? '')][0] ?? '?';
  const last = words.length > 1 ? ([...words.at(-1)!][0] ?? '') : '';
  return (first + last).toUpperCase();
}
