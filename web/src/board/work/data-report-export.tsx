/** Taking the reports of a commune away, with names, for whoever puts the data right. */
import { useState } from "preact/hooks";

import { api } from "../../api.ts";
import { Dialog } from "../../dialog.tsx";
import { Choice } from "../../kit.tsx";
import { day, t } from "../../words.ts";
import { save } from "../admin/files.ts";
import { communesOf, type Units } from "../admin/units.ts";
import { STATES } from "./data-reports.tsx";
import { Take } from "./take.tsx";

export function TakeDataReports({ unitId, state: first, units, close }: { unitId: number; state: string; units: Units; close: () => void }) {
  const communes = communesOf(units);
  const [commune, setCommune] = useState(String(communes.find((one) => one.unit_id === unitId)?.unit_id ?? communes[0]?.unit_id ?? unitId));
  const [state, setState] = useState(first);
  return (
    <Dialog title={t("Lấy bảng dữ liệu cần làm sạch", "Take the table of data to be put right")} close={close}>
      <Take take={(format, reason) => save(api.POST("/api/v1/data-report-exports", { body: { format, reason, unit_id: Number(commune), state: state || undefined }, parseAs: "blob" }), `du-lieu-can-lam-sach-${day(new Date())}.${format}`)}>
        {communes.length > 1 && <Choice id="take-commune" label={t("Xã, phường", "Commune")} value={commune} chosen={setCommune}>{communes.map((one) => <option key={one.unit_id} value={String(one.unit_id)}>{one.name}</option>)}</Choice>}
        <Choice id="take-state" label={t("Trạng thái", "State")} value={state} chosen={setState}>
          <option value="">{t("tất cả", "all")}</option>
          {STATES.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
        </Choice>
      </Take>
    </Dialog>
  );
}
