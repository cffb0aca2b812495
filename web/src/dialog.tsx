/** A question over the page: the browser keeps the focus in it, and Escape closes it. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { t } from "./words.ts";

interface Props {
  title: string;
  close: () => void;
  children: ComponentChildren;
  wide?: boolean;
  /** Of the title, where it is the server's and not the page's. */
  lang?: "vi";
}

export function Dialog({ title, close, children, wide, lang }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog} class={wide ? "wide" : undefined} aria-labelledby="dialog-title"
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      // A key that answers the question may close it: it is no letter of the page behind.
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div class="dialog-head">
        <h2 id="dialog-title" lang={lang}>{title}</h2>
        <button type="button" class="quiet small" onClick={close}>{t("Đóng", "Close")} <kbd>Esc</kbd></button>
      </div>
      {children}
    </dialog>
  );
}
