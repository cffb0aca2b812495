/**
 * Work on the ground and what comes of it: drives, members, outreach, groups that book; and the data of people: who is one, what is wrong,
 * what they ask for, what is taken away, and how far numbers can be trusted. Fetched when somebody first opens one of these views.
 */
import type { Me } from "../../session.ts";
import { t } from "../../words.ts";
import { type Part, Parts } from "../parts.tsx";
import { parts, showIn } from "../shown.ts";
import { Campaigns } from "./campaigns.tsx";
import { DataReports } from "./data-reports.tsx";
import { Groups } from "./groups.tsx";
import { Mobilised } from "./mobilisation.tsx";
import { Outreach } from "./outreach.tsx";
import { PoliceLists } from "./police-lists.tsx";
import { Rights } from "./rights.tsx";
import { SignalRules } from "./signal-rules.tsx";
import { Tables } from "./tables.tsx";
import { Trust } from "./trust.tsx";
import { PossibleTwins } from "./twins.tsx";

const FACES: Record<string, { name: string; parts: Record<string, Part> }> = {
  "ra-quan": {
    name: t("Ra quân", "Drives"),
    parts: {
      "chien-dich": { name: t("Đợt ra quân", "Campaigns"), show: Campaigns, right: "manage_campaigns" },
      "huy-dong": { name: t("Huy động đoàn viên", "Members"), show: Mobilised, right: "manage_campaigns" },
      "tuyen-truyen": { name: t("Tuyên truyền", "Outreach"), show: Outreach, right: "correct_work" },
      "doan": { name: t("Đặt cho đoàn", "Groups"), show: Groups, right: "book_groups" },
    },
  },
  "du-lieu": {
    name: t("Dữ liệu", "Data"),
    parts: {
      "lam-sach": { name: t("Cần làm sạch", "To be put right"), show: DataReports, right: "mend_data" },
      "quyen": { name: t("Quyền dữ liệu", "Rights"), show: Rights, right: "receive_rights" },
      "trung": { name: t("Trùng người", "Twins"), show: PossibleTwins, right: "correct_work" },
      "cong-an": { name: t("Danh sách công an", "Police lists"), show: PoliceLists, right: "reconcile_numbers" },
      "tin-cay": { name: t("Độ tin cậy", "Trust"), show: Trust, right: "reconcile_numbers" },
      "dau-hieu": { name: t("Dấu hiệu", "Signals"), show: SignalRules, right: "reconcile_numbers" },
      "lay-bang": { name: t("Lấy bảng", "Tables"), show: Tables, right: "export_tables" },
    },
  },
};

function Shown() {
  const face = FACES[parts.value[0] ?? ""];
  return face ? <Parts name={face.name} all={face.parts} /> : null;
}

/** Shows them there, for whoever is signed in; what it gives puts them away. */
export const show = (place: HTMLElement, who: Me): (() => void) => showIn(place, who, <Shown />);
