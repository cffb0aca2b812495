/** One campaign: how it stands, how far its targets are, and its teams. */
import { useState } from "preact/hooks";

import { api, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Loading, Trouble, useDeed } from "../../kit.tsx";
import { t } from "../../words.ts";
import { Done, Failed } from "../admin/pieces.tsx";
import { labelOf, useUnits } from "../admin/units.ts";
import { date } from "../report/numbers.ts";
import { CampaignForm } from "./campaign-form.tsx";
import { CampaignTargets } from "./campaign-targets.tsx";
import { type Campaign, CampaignState } from "./campaigns.tsx";
import { WithReason } from "./reason.tsx";
import { Teams } from "./teams.tsx";

export function OneCampaign({ id }: { id: string }) {
  const [asks, ask] = useState<"change" | "close">();
  const [done, setDone] = useState<string>();
  const { busy, why, run } = useDeed();
  const units = useUnits();
  const path = { campaign_id: id };
  const found = useAsked(id, () => told(api.GET("/api/v1/campaigns/{campaign_id}", { params: { path } })));
  const [now, setNow] = useState<Campaign>();
  // What a file gave the teams is read anew.
  const [imports, count] = useState(0);
  const back = <p><a href="#ra-quan/chien-dich">{t("Mọi đợt ra quân", "All campaigns")}</a></p>;
  if (!found.told || !units.told) {
    const missing = found.why ?? units.why;
    return <section class="panel">{missing === undefined ? <Loading /> : <Failed why={missing} again={() => { found.again(); units.again(); }} />}{back}</section>;
  }
  const one = now ?? found.told;
  // A campaign of those above is theirs to change; what it asks for here is one's own.
  const isOwn = units.told.has(one.unit_id);
  const isClosed = one.state === "closed";
  const changed = (next: Campaign, said: string) => {
    setNow(next);
    ask(undefined);
    setDone(said);
  };
  return (
    <>
      <section class="panel" aria-labelledby="campaign">
        {back}
        <div class="panel-head">
          <h1 id="campaign">{one.name} <CampaignState state={one.state} /></h1>
          {isOwn && (
            <div class="deeds">
              {isClosed ? (
                <button type="button" class="quiet small" disabled={busy} onClick={() => void run(async () => changed(await told(api.POST("/api/v1/campaigns/{campaign_id}/reopening", { params: { path } })), t("Đã mở lại đợt ra quân.", "The campaign is open again.")))}>{t("Mở lại", "Open it again")}</button>
              ) : (
                <>
                  <button type="button" class="quiet small" onClick={() => ask("change")}>{t("Sửa tên, ngày", "Change name or days")}</button>
                  <button type="button" class="quiet small danger" onClick={() => ask("close")}>{t("Đóng đợt", "Close it")}</button>
                </>
              )}
            </div>
          )}
        </div>
        <p>{date(one.starts_on)}–{date(one.ends_on)}, {isOwn ? labelOf(units.told, one.unit_id) : t("của cấp trên", "of a unit above")}<br /><span class="soft">{one.source}</span></p>
        {isClosed && one.close_reason && <p class="soft">{t("Đã đóng vì:", "Closed because:")} {one.close_reason}</p>}
        {!isOwn && <p class="soft">{t("Đợt của cấp trên: bạn đặt chỉ tiêu và lập đội trong đơn vị mình.", "It is of a unit above: you set targets and form teams within your own.")}</p>}
        <Trouble why={why} />
        <Done said={done} />
      </section>
      <div class="halves below-panel">
        <CampaignTargets campaign={one} units={units.told} imported={() => count(imports + 1)} />
        <Teams key={imports} campaign={one} units={units.told} />
      </div>
      {asks === "change" && <CampaignForm campaign={one} units={units.told} close={() => ask(undefined)} written={(next) => changed(next, t("Đã ghi.", "It is written."))} />}
      {asks === "close" && (
        <WithReason
          title={t("Đóng đợt ra quân", "Close the campaign")} deed={t("Đóng đợt", "Close it")} danger close={() => ask(undefined)}
          act={async (reason) => changed(await told(api.POST("/api/v1/campaigns/{campaign_id}/closing", { params: { path }, body: { reason } })), t("Đã đóng: chỉ tiêu và đội không đổi nữa, kết quả vẫn xem được.", "It is closed: targets and teams stay as they are, and what it brought stays to be seen."))}
        >
          <p>{t("Đóng rồi thì không đổi được gì nữa cho đến khi mở lại. Mọi bản ghi và số đếm vẫn giữ nguyên.", "Nothing of it changes any more until it is opened again. Every record and count stays.")}</p>
        </WithReason>
      )}
    </>
  );
}
