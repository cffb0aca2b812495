/** The button with which a list is taken away as a table, for a stated reason; whoever may not sees none. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import { api, type Schemas } from "../api.ts";
import { Dialog } from "../dialog.tsx";
import { may } from "../session.ts";
import { day, t } from "../words.ts";
import { save } from "../save.ts";
import { lastDays, Span } from "./work/span.tsx";
import { type Format, Take } from "./work/take.tsx";

/** Days that are told unless others are chosen. */
const DAYS = 30;
/** What a table is called once it is a file. */
const FILES: Record<string, string> = {
  people: "cong-dan",
  records: "ban-ghi",
  visits: "luot-van-dong",
  activities: "tuyen-truyen",
  worklist: "viec-can-lam",
  targets: "chi-tieu",
  campaigns: "dot-ra-quan",
  campaign_progress: "ket-qua-ra-quan",
  teams: "doi-ra-quan",
  mobilisation: "huy-dong",
  waiting_members: "chua-bat-dau",
  held: "cho-duyet",
  signals: "dau-hieu",
  draws: "rut-mau",
  grades: "xep-loai",
  tasks: "nhiem-vu",
  rights: "yeu-cau-du-lieu",
  board: "xep-hang",
  assignments: "phan-cong",
  transfers: "ban-giao",
  reconciliation: "doi-soat",
  police_lists: "danh-sach-cong-an",
  devices: "dien-thoai",
  accounts: "tai-khoan",
  rosters: "danh-sach-da-nhap",
};

/** Which table, of what. */
export type Asked = Omit<Schemas["Export"], "format" | "reason">;

export function takeTable(asked: Asked, format: Format, reason: string): Promise<void> {
  const name = `${FILES[asked.table] ?? asked.table}-${day(new Date())}.${format}`;
  return save(api.POST("/api/v1/exports", { body: { ...asked, format, reason }, parseAs: "blob" }), name);
}

interface Props {
  asked: Asked;
  /** What is taken away, as a heading and behind the button. */
  title: string;
  label?: string;
  /** Said above: what is in it that the list does not show at once. */
  says?: ComponentChildren;
  /** Whether days are chosen. */
  ofDays?: boolean;
}

export function TakeList({ asked, title, label, says, ofDays = false }: Props) {
  const [open, setOpen] = useState(false);
  const [days, setDays] = useState(lastDays(DAYS));
  if (!may("export_tables")) return null;
  const body = ofDays ? { ...asked, from_on: days.from, until_on: days.to } : asked;
  return (
    <>
      <button type="button" class="quiet small" onClick={() => setOpen(true)}>{label ?? t("Lấy bảng (CSV, Excel)", "Take it as CSV, Excel")}<span class="unseen"> {title}</span></button>
      {open && (
        <Dialog title={title} close={() => setOpen(false)}>
          {says && <p class="soft">{says}</p>}
          <Take take={(format, reason) => takeTable(body, format, reason)}>
            {ofDays && <div class="pair"><Span id={`take-${asked.table}`} days={days} choose={setDays} /></div>}
          </Take>
        </Dialog>
      )}
    </>
  );
}
