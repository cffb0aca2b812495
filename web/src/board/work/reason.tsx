/** Something that is done with a reason, asked for in a dialog. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import { Dialog } from "../../dialog.tsx";
import { Field, faultAt, Trouble, useDeed } from "../../kit.tsx";
import { t } from "../../words.ts";

interface Props {
  title: string;
  /** What the button says. */
  deed: string;
  danger?: boolean;
  maxLength?: number;
  close: () => void;
  act: (reason: string) => Promise<void>;
  children?: ComponentChildren;
}

export function WithReason({ title, deed, danger, maxLength = 200, close, act, children }: Props) {
  const [reason, setReason] = useState("");
  const { busy, why, run } = useDeed();
  return (
    <Dialog title={title} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(() => act(reason.trim()));
        }}
      >
        {children}
        <Trouble why={why} />
        <Field id="reason" label={t("Vì sao (không ghi tên công dân)", "Why (no names of citizens)")} value={reason} typed={setReason} required maxLength={maxLength} fault={faultAt(why, "/reason")} />
        <div class="deeds"><button class={danger ? "quiet danger" : undefined} disabled={busy}>{deed}</button></div>
      </form>
    </Dialog>
  );
}
