import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from 'react';
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

  return (
    <ToastsContext value={value}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map((toast) => (
          <button key={toast.id} type="button" className={toast.bad ? 'toast toast-bad' : 'toast'} data-testid="toast" onClick={() => dismiss(toast.id)}>
            {toast.text}
          </button>
        ))}
      </div>
    </ToastsContext>
  );
}
