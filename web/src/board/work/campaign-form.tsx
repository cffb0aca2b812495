/** Opening a campaign, or changing what it is called and when it is. */
import { useState } from "preact/hooks";

import { api, told } from "../../api.ts";
import { Dialog } from "../../dialog.tsx";
import { Field, faultAt, Trouble, useDeed } from "../../kit.tsx";
import { usePress } from "../../press.ts";
import { me } from "../../session.ts";
import { day, t } from "../../words.ts";
import { PickUnit } from "../admin/pieces.tsx";
import type { Units } from "../admin/units.ts";
import type { Campaign } from "./campaigns.tsx";

const WEEK_MS = 7 * 86_400_000;

interface Props {
  /** The one that is changed; none: a new one. */
  campaign?: Campaign;
  units: Units;
  close: () => void;
  written: (one: Campaign) => void;
}

export function CampaignForm({ campaign, units, close, written }: Props) {
  const [unitId, setUnitId] = useState<number | undefined>(campaign?.unit_id ?? me.value?.unit_id);
  const [name, setName] = useState(campaign?.name ?? "");
  const [source, setSource] = useState(campaign?.source ?? "");
  const [starts, setStarts] = useState(campaign?.starts_on ?? day(new Date()));
  const [ends, setEnds] = useState(campaign?.ends_on ?? day(new Date(Date.now() + WEEK_MS)));
  const [tried, setTried] = useState(false);
  const press = usePress();
  const { busy, why, run } = useDeed();
  const words = { name: name.trim(), source: source.trim(), starts_on: starts, ends_on: ends };
  return (
    <Dialog title={campaign ? t("Sửa đợt ra quân", "Change the campaign") : t("Mở đợt ra quân", "Open a campaign")} close={close} wide>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (unitId === undefined) return;
          void run(async () => {
            if (campaign) {
              written(await told(api.PATCH("/api/v1/campaigns/{campaign_id}", { params: { path: { campaign_id: campaign.campaign_id } }, body: words })));
              return;
            }
            const body = { ...words, unit_id: unitId };
            written(await press(body, (key) => told(api.POST("/api/v1/campaigns", { params: { header: { "Idempotency-Key": key } }, body }))));
          });
        }}
      >
        <Trouble why={why} />
        <Field id="campaign-name" label={t("Tên đợt", "Name")} value={name} typed={setName} required maxLength={120} fault={faultAt(why, "/name")} />
        {!campaign && <PickUnit id="campaign-unit" label={t("Trong đơn vị", "Within")} units={units} chosen={unitId} choose={setUnitId} fault={tried && unitId === undefined ? t("Chọn một đơn vị.", "Choose a unit.") : undefined} />}
        <div class="pair">
          <Field id="campaign-starts" type="date" label={t("Từ ngày", "From")} value={starts} typed={setStarts} required fault={faultAt(why, "/starts_on")} />
          <Field id="campaign-ends" type="date" label={t("Đến hết ngày", "To the end of")} value={ends} typed={setEnds} min={starts} required fault={faultAt(why, "/ends_on")} />
        </div>
        <Field id="campaign-source" label={t("Theo kế hoạch, công văn nào", "From which plan or letter")} value={source} typed={setSource} required maxLength={200} fault={faultAt(why, "/source")} />
        <div class="deeds"><button disabled={busy}>{campaign ? t("Ghi", "Write it") : t("Mở", "Open it")}</button></div>
      </form>
    </Dialog>
  );
}
