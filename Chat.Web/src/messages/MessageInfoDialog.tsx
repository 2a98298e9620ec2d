import { useEffect, useState } from 'react';
import { usePeople, useServices } from '../app/context';
import type { MessageInfo, MessageReceiptView } from '../client';
import { Ticks } from '../receipts/Ticks';
import { Avatar } from '../shared/Avatar';
import { Dialog } from '../shared/Dialog';
import { errorText } from '../shared/errorText';
import { momentText } from '../shared/time';

/** Who got and who read an own message, and when. */
export function MessageInfoDialog({ chatId, messageId, onClose }: { chatId: number; messageId: number; onClose: () => void }) {
  const { client } = useServices();
  const [info, setInfo] = useState<MessageInfo | null>(null);
  const [error, setError] = useState<unknown>(null);
  // Asked again whenever the chat's marks move while it is open.
  const marks = client.store.getConversation(chatId)?.watermarks;

  useEffect(() => {
    let closed = false;
    client.messageInfo(chatId, messageId).then(
      (answer) => !closed && setInfo(answer),
      (caught: unknown) => !closed && setError(caught),
    );
    return () => {
      closed = true;
    };
  }, [client, chatId, messageId, marks]);

  const read = info?.receipts.filter((receipt) => receipt.readAt !== null) ?? [];
  const delivered = info?.receipts.filter((receipt) => receipt.readAt === null && receipt.deliveredAt !== null) ?? [];
  const waiting = info?.receipts.filter((receipt) => receipt.readAt === null && receipt.deliveredAt === null) ?? [];
  return (
    <Dialog title="Message info" onClose={onClose} testId="message-info">
      {error !== null && info === null && <p className="form-error">{errorText(error)}</p>}
      {info === null && error === null && <div className="skeleton-lines" aria-label="Loading" />}
      {info && (
        <>
          <Receipts title="Read by" status="read" receipts={read} time={(receipt) => receipt.readAt} />
          <Receipts title="Delivered to" status="delivered" receipts={delivered} time={(receipt) => receipt.deliveredAt} />
          <Receipts title="Not delivered yet" status="sent" receipts={waiting} time={() => null} />
          <p className="field-hint">Sent {momentText(info.sentAt)}</p>
        </>
      )}
    </Dialog>
  );
}

interface ReceiptsProps {
  readonly title: string;
  readonly status: 'read' | 'delivered' | 'sent';
  readonly receipts: readonly MessageReceiptView[];
  readonly time: (receipt: MessageReceiptView) => string | null;
}

function Receipts({ title, status, receipts, time }: ReceiptsProps) {
  const people = usePeople();
  if (receipts.length === 0) return null;
  return (
    <section className="receipts">
      <h3>
        <Ticks status={status} /> {title}
      </h3>
      <ul className="rows">
        {receipts.map((receipt) => {
          const at = time(receipt);
          const name = people.name(receipt.userId);
          return (
            <li key={receipt.userId} className="row" data-testid="receipt" data-user-id={receipt.userId} data-status={status}>
              <Avatar name={name} id={receipt.userId} pictureUrl={people.get(receipt.userId)?.profilePictureUrl} size="small" />
              <div className="row-text">
                <strong>{name}</strong>
                {at && <span>{momentText(at)}</span>}
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
