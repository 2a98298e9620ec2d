import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { errorText } from '../shared/errorText';

interface Toasts {
  /** Shows a sentence for a while. */
  say(text: string): void;
  /** Shows what went wrong. */
  fail(error: unknown): void;
}

const ToastsContext = createContext<Toasts>({ say: () => {}, fail: () => {} });
const ShownMs = 6_000;

export const useToasts = (): Toasts => useContext(ToastsContext);

export function ToastsProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly { id: number; text: string; bad: boolean }[]>([]);
  const lastId = useRef(0);
  const layer = useRef<HTMLDivElement>(null);

  const dismiss = useCallback((id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)), []);
  const add = useCallback(
    (text: string, bad: boolean) => {
      const id = ++lastId.current;
      setToasts((shown) => [...shown.filter((toast) => toast.text !== text).slice(-2), { id, text, bad }]);
      setTimeout(() => dismiss(id), ShownMs);
    },
    [dismiss],
  );
  const value = useMemo<Toasts>(() => ({ say: (text) => add(text, false), fail: (error) => add(errorText(error), true) }), [add]);

  // Dialogs cover everything that is not a popover shown after them.
  useEffect(() => {
    layer.current?.hidePopover?.();
    if (toasts.length > 0) layer.current?.showPopover?.();
  }, [toasts]);

  return (
    <ToastsContext value={value}>
      {children}
      <div ref={layer} className="toasts" popover="manual" role="status" aria-live="polite">
        {toasts.map((toast) => (
          <button key={toast.id} type="button" className={toast.bad ? 'toast toast-bad' : 'toast'} data-testid="toast" onClick={() => dismiss(toast.id)}>
            {toast.text}
          </button>
        ))}
      </div>
    </ToastsContext>
  );
}
