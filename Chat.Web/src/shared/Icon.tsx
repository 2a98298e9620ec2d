const paths = {
  add: 'M12 5v14M5 12h14',
  back: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6L6 18',
  down: 'M6 9l6 6 6-6',
  send: 'M4 12l16-8-6 16-3-7-7-1z',
  clock: 'M12 7v5l3 2M12 3a9 9 0 100 18 9 9 0 000-18z',
  check: 'M4 13l5 5L20 7',
  checks: 'M1 13l4.5 4.5L15 7M12.5 17.5L22.5 7',
  alert: 'M12 7v6M12 16.5v.5M12 3a9 9 0 100 18 9 9 0 000-18z',
  group: 'M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM2.5 20c0-3.6 2.9-6 6.5-6s6.5 2.4 6.5 6M16 4.5a3.3 3.3 0 010 6.3M18 14.5c2.2.8 3.5 2.8 3.5 5.5',
  chats: 'M4 5h11a2 2 0 012 2v6a2 2 0 01-2 2H9l-4 3.5V15H4a2 2 0 01-2-2V7a2 2 0 012-2zM20 9a2 2 0 012 2v6a2 2 0 01-2 2v3l-3.5-3H12',
  search: 'M11 4a7 7 0 100 14 7 7 0 000-14zM16.5 16.5L21 21',
  info: 'M12 11v6M12 7.5V7M12 3a9 9 0 100 18 9 9 0 000-18z',
  retry: 'M20 5v5h-5M4 19v-5h5M19.5 10A8 8 0 006 6.5L4 9M4.5 14A8 8 0 0018 17.5l2-2.5',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13',
} as const;

export type IconName = keyof typeof paths;

/** A line drawing of 24 by 24 in the colour of the text. Decoration: whatever holds it carries the label. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
