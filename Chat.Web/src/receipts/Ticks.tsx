import type { MessageStatus } from '../client';
import { Icon, type IconName } from '../shared/Icon';

export type SendStatus = MessageStatus | 'pending' | 'failed';

const looks: Record<SendStatus, { icon: IconName; label: string }> = {
  pending: { icon: 'clock', label: 'Waiting to be sent' },
  sent: { icon: 'check', label: 'Sent' },
  delivered: { icon: 'checks', label: 'Delivered' },
  read: { icon: 'checks', label: 'Read' },
  failed: { icon: 'alert', label: 'Not sent' },
};

/** How far an own message has come. */
export function Ticks({ status }: { status: SendStatus }) {
  const { icon, label } = looks[status];
  return (
    <span className={`ticks ticks-${status}`} role="img" aria-label={label} title={label}>
      <Icon name={icon} />
    </span>
  );
}
