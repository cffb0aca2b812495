/**
 * What leads and administrators keep in order: targets, who works where, lists, records, units, accounts, what reports
 * count, what is kept how long. Fetched when one of them first opens these views.
 */
import type { Me } from "../../session.ts";
import { t } from "../../words.ts";
import { type Part, Parts } from "../parts.tsx";
import { parts, showIn } from "../shown.ts";
import { Accounts } from "./accounts.tsx";
import { Assignments } from "./assignments.tsx";
import { Catalogue } from "./catalogue.tsx";
import { DaysOff } from "./days-off.tsx";
import { Glossary } from "./glossary.tsx";
import { Records } from "./records.tsx";
import { Rosters } from "./rosters.tsx";
import { System } from "./system.tsx";
import { Targets } from "./targets.tsx";
import { UnitSearch } from "./unit-search.tsx";

const PARTS: Record<string, Part> = {
  "chi-tieu": { name: t("Chỉ tiêu", "Targets"), show: Targets, right: "read_boards" },
  "phan-cong": { name: t("Phân công", "Assignments"), show: Assignments, right: "assign_work" },
  "ban-ghi": { name: t("Sửa bản ghi", "Corrections"), show: Records, right: "correct_work" },
  "danh-sach": { name: t("Danh sách thôn", "Village lists"), show: Rosters, right: "import_rosters" },
  "ngay-nghi": { name: t("Ngày nghỉ", "Days off"), show: DaysOff, right: "close_offices" },
  "don-vi": { name: t("Đơn vị", "Units"), show: UnitSearch, right: "read_boards" },
  "danh-muc": { name: t("Danh mục báo cáo", "Indicators"), show: Catalogue, right: "manage_indicators" },
  "he-thong": { name: t("Lưu giữ, gửi tin", "Retention, notices"), show: System, right: "manage_retention" },
};

function Shown() {
  const [view] = parts.value;
  if (view === "tai-khoan") return <Accounts />;
  if (view === "giai-thich") return <Glossary />;
  return <Parts name={t("Quản lý", "Manage")} all={PARTS} />;
}

/** Shows them there, for whoever is signed in; what it gives puts them away. */
export const show = (place: HTMLElement, who: Me): (() => void) => showIn(place, who, <Shown />);
