/** Drives ("ra quân") of one's unit, of those within it and of those above it; and opening another. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { t } from "../../words.ts";
import { labelOf, useUnits } from "../admin/units.ts";
import { Note } from "../note.tsx";
import { Listed, usePaged } from "../paged.tsx";
import { date } from "../report/numbers.ts";
import { TakeList } from "../take-list.tsx";
import { CampaignForm } from "./campaign-form.tsx";
import { OneCampaign } from "./campaign.tsx";

export type Campaign = Schemas["Campaign"];

const PAGE = 30;
const STATES: Record<string, [string, string]> = {
  planned: [t("sắp tới", "to come"), "calm"],
  running: [t("đang chạy", "running"), "good"],
  over: [t("đã hết ngày", "its days are over"), ""],
  closed: [t("đã đóng", "closed"), "calm"],
};

export function CampaignState({ state }: { state: string }) {
  const [name, kind] = STATES[state] ?? [state, "calm"];
  return <span class={`badge ${kind}`}>{name}</span>;
}

export const addressOf = (id: string) => `#ra-quan/chien-dich/${id}`;

export function Campaigns({ rest: [id] }: { rest: string[] }) {
  return id ? <OneCampaign key={id} id={id} /> : <All />;
}

function All() {
  const [isOpen, open] = useState(false);
  const units = useUnits();
  const list = usePaged("campaigns", (cursor) => told(api.GET("/api/v1/campaigns", { params: { query: { cursor, limit: PAGE } } })));
  return (
    <section class="panel" aria-labelledby="campaigns">
      <div class="panel-head">
        <h1 id="campaigns">{t("Đợt ra quân", "Campaigns")}</h1>
        <div class="deeds">
          {units.told && <button type="button" class="small" onClick={() => open(true)}>{t("Mở đợt ra quân", "Open a campaign")}</button>}
          <TakeList asked={{ table: "campaigns" }} title={t("Các đợt ra quân", "Campaigns")} />
        </div>
      </div>
      <Note about={t("Một đợt ra quân gồm những gì?", "What makes a campaign?")}>
        <p>{t("Tên, ngày đầu, ngày cuối và kế hoạch làm căn cứ; rồi chỉ tiêu của từng đơn vị, từng đoàn thể, và các đội. Tình nguyện viên thấy đợt ra quân, chỉ tiêu và đội của mình trong ứng dụng. Số người vẫn đếm một lần cho cả tỉnh: đợt ra quân chỉ là một khoảng ngày của cùng những bản ghi ấy.", "A name, its days and the plan behind it; then targets by unit and union, and teams. Volunteers see all of it in their app. People are still counted once in the province: a campaign is a span of days of the same records.")}</p>
      </Note>
      <Listed list={list} empty={t("Chưa có đợt ra quân nào. Mở một đợt rồi đặt chỉ tiêu và lập đội.", "There is no campaign yet. Open one, then set targets and form teams.")}>
        {(rows) => (
          <ul class="cases">
            {rows.map((one) => (
              <li key={one.campaign_id}>
                <p><a href={addressOf(one.campaign_id)}><strong>{one.name}</strong></a> <CampaignState state={one.state} /><br /><span class="soft">{date(one.starts_on)}–{date(one.ends_on)}; {units.told?.has(one.unit_id) ? labelOf(units.told, one.unit_id) : t("cấp trên", "of a unit above")}; {one.source}</span></p>
              </li>
            ))}
          </ul>
        )}
      </Listed>
      {isOpen && units.told && <CampaignForm units={units.told} close={() => open(false)} written={(one) => (location.hash = addressOf(one.campaign_id))} />}
    </section>
  );
}
