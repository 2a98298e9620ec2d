import { useState } from 'react';
import { useToasts } from '../app/toasts';

/** Runs one thing at a time; what goes wrong is shown as a toast. */
export function useAction(): { readonly busy: boolean; run(work: () => Promise<void>): void } {
  const toasts = useToasts();
  const [busy, setBusy] = useState(false);
  return {
    busy,
    run: (work) => {
      if (busy) return;
      setBusy(true);
      work()
        .catch(toasts.fail)
        .finally(() => setBusy(false));
    },
  };
}
