/** How far each target of a team is; and setting, changing and removing one. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { Dialog } from "../../dialog.tsx";
import { Choice, Field, faultAt, Trouble, useDeed } from "../../kit.tsx";
import { day, t } from "../../words.ts";
import { labelOf, type Units } from "../admin/units.ts";
import { Listed, type Paged } from "../paged.tsx";
import { date, readCount } from "../report/numbers.ts";
import { nameOf, spell, spellTenth, STAGES } from "../state.ts";
import type { Campaign } from "./campaigns.tsx";

type Target = Schemas["TeamTarget"];
export type TeamProgress = Schemas["TeamProgress"];

/** A team that is to be given a target, or one that has it. */
export interface Aimed {
  team_id: string;
  name: string;
  target?: Target;
}

export const putTeamTarget = (campaign: Campaign, target: Target) =>
  told(api.PUT("/api/v1/campaigns/{campaign_id}/targets", { params: { path: { campaign_id: campaign.campaign_id } }, body: { targets: [], teams: [target] } }));

interface Props {
  list: Paged<TeamProgress>;
  units: Units;
  /** None where the campaign is closed. */
  change: ((aimed: Aimed) => void) | undefined;
}

export function TeamTargets({ list, units, change }: Props) {
  return (
    <>
      <h3>{t("Chỉ tiêu của các đội", "Targets of the teams")}</h3>
      <Listed list={list} empty={t("Chưa đội nào có chỉ tiêu.", "No team has a target yet.")}>
        {(rows) => (
          <ul class="cases">
            {rows.map(({ target, name, unit_id, count, rate_percent }) => (
              <li key={`${target.team_id} ${target.stage}`}>
                <p><strong>{name}</strong>, {labelOf(units, unit_id)}<br /><span class="soft">{nameOf(STAGES, target.stage)}; {target.source}, {date(target.made_on)}</span></p>
                <p><strong class="time">{spell(count)}/{spell(target.people)}</strong> {t(`người, ${spellTenth(rate_percent)} %`, `people, ${spellTenth(rate_percent)}%`)}</p>
                <progress class="far" max={target.people} value={Math.min(count, target.people)} aria-label={`${name}, ${nameOf(STAGES, target.stage)}`} />
                {change && <p class="deeds"><button type="button" class="quiet small" onClick={() => change({ team_id: target.team_id, name, target })}>{t("Sửa chỉ tiêu", "Change the target")}<span class="unseen"> {name}, {nameOf(STAGES, target.stage)}</span></button></p>}
              </li>
            ))}
          </ul>
        )}
      </Listed>
    </>
  );
}

interface Setting {
  aimed: Aimed;
  campaign: Campaign;
  close: () => void;
  /** What was done, and what would bring back a target that was removed. */
  written: (said: string, removed?: Target) => void;
}

const AT = "/teams/0";

export function SetTeamTarget({ aimed, campaign, close, written }: Setting) {
  const { team_id, name, target } = aimed;
  const [stage, setStage] = useState(target?.stage ?? "level2_activated");
  const [people, setPeople] = useState(target ? spell(target.people) : "");
  const [source, setSource] = useState(target?.source ?? campaign.source);
  const [madeOn, setMadeOn] = useState(target?.made_on ?? day(new Date()));
  const [tried, setTried] = useState(false);
  const { busy, why, run } = useDeed();
  const count = readCount(people);
  const put = () =>
    run(async () => {
      if (!count) return;
      await putTeamTarget(campaign, { team_id, stage, people: count, source: source.trim(), made_on: madeOn });
      written(t(`Đã giao ${name} ${spell(count)} người.`, `${name} is to bring ${spell(count)} people.`));
    });
  const remove = (removed: Target) =>
    run(async () => {
      await told(api.POST("/api/v1/campaigns/{campaign_id}/targets/removals", { params: { path: { campaign_id: campaign.campaign_id } }, body: { targets: [], teams: [{ team_id, stage: removed.stage }] } }));
      written(t(`Đã bỏ chỉ tiêu của ${name}.`, `The target of ${name} is removed.`), removed);
    });
  return (
    <Dialog title={target ? t(`Sửa chỉ tiêu của ${name}`, `Change the target of ${name}`) : t(`Đặt chỉ tiêu cho ${name}`, `Set a target of ${name}`)} close={close} wide>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          void put();
        }}
      >
        <Trouble why={why} />
        {target ? <p class="soft">{nameOf(STAGES, target.stage)}</p> : <Choice id="team-target-stage" label={t("Bước", "Step")} value={stage} chosen={setStage}>{STAGES.map(([word, title]) => <option key={word} value={word}>{title}</option>)}</Choice>}
        <Field id="team-target-people" label={t("Số người trong đợt", "People during the campaign")} value={people} typed={setPeople} inputMode="numeric" required fault={tried && !count ? t("Ghi một số lớn hơn 0, như 1.250.", "Write a number above 0, such as 1,250.") : faultAt(why, `${AT}/people`)} />
        <div class="pair">
          <Field id="team-target-source" label={t("Văn bản giao", "Document")} value={source} typed={setSource} required maxLength={200} fault={faultAt(why, `${AT}/source`)} />
          <Field id="team-target-made" type="date" label={t("Ngày của văn bản", "Date of the document")} value={madeOn} typed={setMadeOn} required fault={faultAt(why, `${AT}/made_on`)} />
        </div>
        <div class="deeds">
          <button disabled={busy}>{t("Ghi", "Write it")}</button>
          {target && <button type="button" class="quiet danger" disabled={busy} onClick={() => void remove(target)}>{t("Bỏ chỉ tiêu", "Remove it")}</button>}
        </div>
      </form>
    </Dialog>
  );
}
