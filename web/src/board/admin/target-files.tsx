/** Targets as files: the table to fill in and bring back, seen first line by line; and the table with what was reached. */
import { useState } from "preact/hooks";

import { api, told } from "../../api.ts";
import { may } from "../../session.ts";
import { t } from "../../words.ts";
import { spell } from "../state.ts";
import { TakeList } from "../take-list.tsx";
import { ImportFile } from "./import-file.tsx";
import type { Target } from "./targets.tsx";
import type { Units } from "./units.ts";

const COLUMNS = ["unit_id", "unit_code", "stage", "starts_on", "ends_on", "people", "denominator", "source"];

interface Props {
  unitId: number;
  targets: Target[];
  units: Units;
  written: (said: string) => void;
}

export function TargetFiles(props: Props) {
  const [open, setOpen] = useState(false);
  return (
    <>
      {may("manage_targets") && <button type="button" class="quiet small" onClick={() => setOpen(true)}>{t("Nhập từ tệp CSV", "Import a CSV file")}</button>}
      <TakeList asked={{ table: "targets", unit_id: props.unitId }} label={t("Lấy bảng kèm số đã đạt", "Take the table with what was reached")} title={t("Chỉ tiêu kèm số đã đạt", "Targets with what was reached")} />
      {open && <Import {...props} close={() => setOpen(false)} />}
    </>
  );
}

function Import({ targets, units, written, close }: Props & { close: () => void }) {
  return (
    <ImportFile
      id="targets-file" title={t("Nhập chỉ tiêu từ tệp CSV", "Import targets from a CSV file")} close={close} columns={COLUMNS} name="chi-tieu.csv"
      about={t("Lấy bảng về, sửa trong Excel, lưu lại kiểu CSV UTF-8 rồi đưa lên. Mỗi dòng một chỉ tiêu; dòng cùng đơn vị, bước và ngày đầu thì thay chỉ tiêu cũ; đơn vị ghi bằng số (unit_id) hoặc mã hành chính vào ngày đầu (unit_code). Sai một dòng thì không dòng nào được ghi.", "Take the table, change it in Excel, save it as CSV UTF-8 and bring it back. A line is a target; one of the same unit, step and first day replaces the old one; a unit goes by its number (unit_id) or its official code on the first day (unit_code). With one wrong line nothing is written.")}
      lines={targets.map((one) => [one.unit_id, units.get(one.unit_id)?.code, one.stage, one.starts_on, one.ends_on, one.people, one.denominator, one.source])}
      send={(file, dry_run) => told(api.POST("/api/v1/targets/imports", { params: { query: { dry_run } }, body: file as never, bodySerializer: (body) => body, headers: { "Content-Type": "text/csv" } }))}
      written={(set) => written(t(`Đã ghi ${spell(set)} chỉ tiêu.`, `${spell(set)} targets are written.`))}
    />
  );
}
