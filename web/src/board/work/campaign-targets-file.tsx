/** Targets of a campaign from a file: of units, of unions in them, and of teams. */
import { api, type Schemas, told } from "../../api.ts";
import { t } from "../../words.ts";
import { ImportFile } from "../admin/import-file.tsx";
import type { Units } from "../admin/units.ts";
import type { Campaign } from "./campaigns.tsx";

const COLUMNS = ["unit_id", "unit_code", "mass_union", "team", "stage", "people", "source", "made_on"];

interface Props {
  campaign: Campaign;
  units: Units;
  /** Those that are shown, to begin with. */
  rows: Schemas["CampaignProgress"][];
  close: () => void;
  written: (set: number) => void;
}

export function ImportCampaignTargets({ campaign, units, rows, close, written }: Props) {
  const path = { campaign_id: campaign.campaign_id };
  return (
    <ImportFile
      id="campaign-targets-file" title={t("Nhập chỉ tiêu của đợt từ tệp CSV", "Import targets of the campaign from a CSV file")} close={close} columns={COLUMNS} name="chi-tieu-dot.csv" written={written}
      about={t("Mỗi dòng một chỉ tiêu của một đơn vị (unit_id hoặc unit_code). mass_union: youth, women, để trống là mọi lực lượng. Chỉ tiêu của một đội: ghi tên đội ở cột team, để trống mass_union. Dòng trùng thì thay chỉ tiêu cũ; sai một dòng thì không dòng nào được ghi.", "A line is a target of a unit (unit_id or unit_code). mass_union: youth, women, or nothing for everybody. A target of a team: its name in the column team, and nothing in mass_union. A line like an old target replaces it; with one wrong line nothing is written.")}
      lines={rows.map(({ target }) => [target.unit_id, units.get(target.unit_id)?.code, target.mass_union, "", target.stage, target.people, target.source, target.made_on])}
      send={(file, dry_run) => told(api.POST("/api/v1/campaigns/{campaign_id}/targets/imports", { params: { path, query: { dry_run } }, body: file as never, bodySerializer: (body) => body, headers: { "Content-Type": "text/csv" } }))}
    />
  );
}
