/** How far each target of a campaign is; and setting, changing and removing those of one's own units. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { Dialog } from "../../dialog.tsx";
import { Choice, Field, faultAt, Trouble, useDeed } from "../../kit.tsx";
import { me } from "../../session.ts";
import { day, t } from "../../words.ts";
import { Done, PickUnit } from "../admin/pieces.tsx";
import { isWithin, labelOf, type Units } from "../admin/units.ts";
import { Listed, usePaged } from "../paged.tsx";
import { date, readCount } from "../report/numbers.ts";
import { nameOf, spell, spellTenth, STAGES } from "../state.ts";
import { TakeList } from "../take-list.tsx";
import { ImportCampaignTargets } from "./campaign-targets-file.tsx";
import type { Campaign } from "./campaigns.tsx";

type Target = Schemas["CampaignTarget"];

const PAGE = 50;
export const WHOSE: [string, string][] = [
  ["all", t("mọi lực lượng", "everybody")],
  ["youth", t("Đoàn Thanh niên", "Youth Union")],
  ["women", t("Hội Phụ nữ", "Women's Union")],
];

interface Around {
  campaign: Campaign;
  units: Units;
  /** A file may have given targets to teams too. */
  imported: () => void;
}

export function CampaignTargets({ campaign, units, imported }: Around) {
  const [asks, ask] = useState<Target | "new">();
  const [brings, bring] = useState(false);
  const [done, setDone] = useState<{ said: string; undo?: () => void }>();
  const { busy, why, run, forget } = useDeed();
  const path = { campaign_id: campaign.campaign_id };
  const list = usePaged(`progress ${campaign.campaign_id}`, (cursor) => told(api.GET("/api/v1/campaigns/{campaign_id}/progress", { params: { path, query: { cursor, limit: PAGE } } })));
  const isOpen = campaign.state !== "closed";
  const close = () => {
    ask(undefined);
    forget();
  };
  const written = (next: typeof done) => {
    ask(undefined);
    bring(false);
    setDone(next);
    list.again();
  };
  const put = (target: Target, said: string) =>
    run(async () => {
      await told(api.PUT("/api/v1/campaigns/{campaign_id}/targets", { params: { path }, body: { targets: [target] } }));
      written({ said });
    });
  const remove = (target: Target) =>
    run(async () => {
      const { unit_id, mass_union, stage } = target;
      await told(api.POST("/api/v1/campaigns/{campaign_id}/targets/removals", { params: { path }, body: { targets: [{ unit_id, mass_union, stage }] } }));
      written({ said: t(`Đã bỏ chỉ tiêu của ${labelOf(units, unit_id)}.`, `The target of ${labelOf(units, unit_id)} is removed.`), undo: () => void put(target, t("Chỉ tiêu đã trở lại như trước.", "The target is as it was.")) });
    });
  return (
    <section class="panel" aria-labelledby="campaign-targets">
      <div class="panel-head">
        <h2 id="campaign-targets">{t("Chỉ tiêu và kết quả", "Targets and progress")}</h2>
        <div class="deeds">
          {isOpen && <button type="button" class="small" onClick={() => ask("new")}>{t("Đặt chỉ tiêu", "Set a target")}</button>}
          {isOpen && <button type="button" class="quiet small" onClick={() => bring(true)}>{t("Nhập từ tệp CSV", "Import a CSV file")}</button>}
          <TakeList asked={{ table: "campaign_progress", ...path }} title={t("Kết quả ra quân", "Progress of the campaign")} />
        </div>
      </div>
      <Trouble why={asks === undefined ? why : undefined} />
      <Done said={done?.said} undo={done?.undo} busy={busy} />
      <Listed list={list} empty={t("Đợt này chưa có chỉ tiêu nào ở đây.", "This campaign has no target here yet.")}>
        {(rows) => (
          <ul class="cases">
            {rows.map(({ target, count, confirmed, rate_percent }) => (
              <li key={`${target.unit_id} ${target.mass_union} ${target.stage}`}>
                <p><strong>{labelOf(units, target.unit_id)}</strong>, {nameOf(WHOSE, target.mass_union)}<br /><span class="soft">{nameOf(STAGES, target.stage)}; {target.source}, {date(target.made_on)}</span></p>
                <p><strong class="time">{spell(count)}/{spell(target.people)}</strong> {t(`người, ${spellTenth(rate_percent)} %`, `people, ${spellTenth(rate_percent)}%`)}; {t(`đã xác nhận ${spell(confirmed)}`, `${spell(confirmed)} confirmed`)}</p>
                <progress class="far" max={target.people} value={Math.min(count, target.people)} aria-label={`${labelOf(units, target.unit_id)}, ${nameOf(WHOSE, target.mass_union)}, ${nameOf(STAGES, target.stage)}`} />
                {isOpen && units.has(target.unit_id) && <p class="deeds"><button type="button" class="quiet small" onClick={() => ask(target)}>{t("Sửa", "Change")}<span class="unseen"> {labelOf(units, target.unit_id)}, {nameOf(WHOSE, target.mass_union)}</span></button></p>}
              </li>
            ))}
          </ul>
        )}
      </Listed>
      {brings && (
        <ImportCampaignTargets
          campaign={campaign} units={units} rows={list.told?.items ?? []} close={() => bring(false)}
          written={(set) => {
            written({ said: t(`Đã ghi ${spell(set)} chỉ tiêu.`, `${spell(set)} targets are written.`) });
            imported();
          }}
        />
      )}
      {asks !== undefined && <SetCampaignTarget target={asks === "new" ? undefined : asks} campaign={campaign} units={units} busy={busy} why={why} close={close} put={put} remove={remove} />}
    </section>
  );
}

interface Props {
  /** The one that is changed; none: a new one. */
  target: Target | undefined;
  campaign: Campaign;
  units: Units;
  busy: boolean;
  why: unknown;
  close: () => void;
  put: (target: Target, said: string) => Promise<void>;
  remove: (target: Target) => Promise<void>;
}

const AT = "/targets/0";

function SetCampaignTarget({ target, campaign, units, busy, why, close, put, remove }: Props) {
  const [unitId, setUnitId] = useState(target?.unit_id ?? (units.has(campaign.unit_id) ? campaign.unit_id : me.value?.unit_id));
  const [union, setUnion] = useState(target?.mass_union ?? "all");
  const [stage, setStage] = useState(target?.stage ?? "level2_activated");
  const [people, setPeople] = useState(target ? spell(target.people) : "");
  const [source, setSource] = useState(target?.source ?? campaign.source);
  const [madeOn, setMadeOn] = useState(target?.made_on ?? day(new Date()));
  const [tried, setTried] = useState(false);
  const count = readCount(people);
  const isPart = (id: number) => !units.has(campaign.unit_id) || isWithin(units, id, campaign.unit_id);
  return (
    <Dialog title={target ? t("Sửa chỉ tiêu của đợt", "Change a target of the campaign") : t("Đặt chỉ tiêu của đợt", "Set a target of the campaign")} close={close} wide>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (unitId === undefined || !count) return;
          const wanted = { unit_id: unitId, mass_union: union, stage, people: count, source: source.trim(), made_on: madeOn };
          void put(wanted, t(`Đã ghi chỉ tiêu ${spell(count)} người của ${labelOf(units, unitId)}, ${nameOf(WHOSE, union)}.`, `The target of ${labelOf(units, unitId)}, ${nameOf(WHOSE, union)}, is ${spell(count)} people.`));
        }}
      >
        <Trouble why={why} />
        {target ? (
          <p><strong>{labelOf(units, target.unit_id)}</strong>, {nameOf(WHOSE, target.mass_union)}, {nameOf(STAGES, target.stage)}<br /><span class="soft">{t("Đơn vị, lực lượng, bước nhầm thì bỏ chỉ tiêu này rồi đặt lại.", "If unit, union or step are wrong, remove it and set another.")}</span></p>
        ) : (
          <>
            <PickUnit id="target-unit" label={t("Đơn vị", "Unit")} units={units} among={(one) => isPart(one.unit_id)} chosen={unitId} choose={setUnitId} fault={tried && unitId === undefined ? t("Chọn một đơn vị.", "Choose a unit.") : undefined} />
            <div class="pair">
              <Choice id="target-union" label={t("Lực lượng", "Union")} value={union} chosen={setUnion}>{WHOSE.map(([word, name]) => <option key={word} value={word}>{name}</option>)}</Choice>
              <Choice id="target-stage" label={t("Bước", "Step")} value={stage} chosen={setStage}>{STAGES.map(([word, name]) => <option key={word} value={word}>{name}</option>)}</Choice>
            </div>
          </>
        )}
        <Field id="people" label={t("Số người trong đợt", "People during the campaign")} value={people} typed={setPeople} inputMode="numeric" required fault={tried && !count ? t("Ghi một số lớn hơn 0, như 1.250.", "Write a number above 0, such as 1,250.") : faultAt(why, `${AT}/people`)} />
        <div class="pair">
          <Field id="target-source" label={t("Văn bản giao", "Document")} value={source} typed={setSource} required maxLength={200} fault={faultAt(why, `${AT}/source`)} />
          <Field id="target-made" type="date" label={t("Ngày của văn bản", "Date of the document")} value={madeOn} typed={setMadeOn} required fault={faultAt(why, `${AT}/made_on`)} />
        </div>
        <div class="deeds">
          <button disabled={busy}>{t("Ghi", "Write it")}</button>
          {target && <button type="button" class="quiet danger" disabled={busy} onClick={() => void remove(target)}>{t("Bỏ chỉ tiêu", "Remove it")}</button>}
        </div>
      </form>
    </Dialog>
  );
}
