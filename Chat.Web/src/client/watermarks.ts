import type { ParticipantView, ReceiptView, WatermarksView } from './contract';

/** The later of two states of the same marks: marks never move back, whatever order news of them arrives in. */
export function advance(marks: WatermarksView, news: Partial<WatermarksView>): WatermarksView {
  const readUpTo = Math.max(marks.readUpTo, news.readUpTo ?? 0);
  const othersReadUpTo = Math.max(marks.othersReadUpTo, news.othersReadUpTo ?? 0);
  // Read implies delivered.
  const deliveredUpTo = Math.max(marks.deliveredUpTo, news.deliveredUpTo ?? 0, readUpTo);
  const othersDeliveredUpTo = Math.max(marks.othersDeliveredUpTo, news.othersDeliveredUpTo ?? 0, othersReadUpTo);
  const same =
    deliveredUpTo === marks.deliveredUpTo &&
    readUpTo === marks.readUpTo &&
    othersDeliveredUpTo === marks.othersDeliveredUpTo &&
    othersReadUpTo === marks.othersReadUpTo;
  return same ? marks : { deliveredUpTo, readUpTo, othersDeliveredUpTo, othersReadUpTo };
}

export type MessageStatus = 'sent' | 'delivered' | 'read';

/** How far a message of one's own has come with everybody. */
export function statusOf(messageId: number, marks: WatermarksView, withheld?: boolean | null): MessageStatus {
  // It never reaches anybody, and marks of later messages say nothing of it.
  if (withheld === true) return 'sent';
  if (marks.othersReadUpTo >= messageId) return 'read';
  return marks.othersDeliveredUpTo >= messageId ? 'delivered' : 'sent';
}

/**
 * The marks of a group's members. Receipts may arrive before or while the members are listed;
 * what is newer wins, per member.
 */
export class MemberMarks {
  readonly #marks = new Map<number, ReceiptView>();
  #members: readonly ParticipantView[] | null = null;

  /** Null until listed. */
  get members(): readonly ParticipantView[] | null {
    return this.#members;
  }

  setMembers(members: readonly ParticipantView[]): void {
    this.#members = members;
    for (const member of members) {
      this.add({ userId: member.user.userId, deliveredUpTo: member.deliveredUpTo, readUpTo: member.readUpTo });
    }
  }

  add(receipt: ReceiptView): void {
    const known = this.#marks.get(receipt.userId);
    const readUpTo = Math.max(known?.readUpTo ?? 0, receipt.readUpTo);
    const deliveredUpTo = Math.max(known?.deliveredUpTo ?? 0, receipt.deliveredUpTo, readUpTo);
    this.#marks.set(receipt.userId, { userId: receipt.userId, deliveredUpTo, readUpTo });
  }

  /** The lowest marks among the members other than `userId`; null while they are not listed, or there is nobody else. */
  lowestOfOthers(userId: number): { othersDeliveredUpTo: number; othersReadUpTo: number } | null {
    const others = this.#members?.filter((member) => member.user.userId !== userId) ?? [];
    if (others.length === 0) return null;
    let othersDeliveredUpTo = Infinity;
    let othersReadUpTo = Infinity;
    for (const { user } of others) {
      const marks = this.#marks.get(user.userId)!;
      othersDeliveredUpTo = Math.min(othersDeliveredUpTo, marks.deliveredUpTo);
      othersReadUpTo = Math.min(othersReadUpTo, marks.readUpTo);
    }
    return { othersDeliveredUpTo, othersReadUpTo };
  }
}
