/** One target: set anew, changed, or removed. */
import { useState } from "preact/hooks";

import { Dialog } from "../../dialog.tsx";
import { Choice, Field, faultAt, Trouble } from "../../kit.tsx";
import type { Schemas } from "../../api.ts";
import { t } from "../../words.ts";
import { date, readCount, spell } from "../report/numbers.ts";
import { nameOf, STAGES } from "../state.ts";
import { PickUnit } from "./pieces.tsx";
import { DENOMINATORS, type Target } from "./targets.tsx";
import { labelOf, type Units } from "./units.ts";

interface Props {
  /** The one that is changed; none: a new one. */
  target: Target | undefined;
  /** The same as it stands by now, where somebody else changes it too. */
  now: Target | undefined;
  units: Units;
  today: string;
  busy: boolean;
  why: unknown;
  close: () => void;
  put: (target: Target, said: string) => Promise<void>;
  remove: (target: Target) => Promise<void>;
}

const AT = "/targets/0";

export function SetTarget({ target, now, units, today, busy, why, close, put, remove }: Props) {
  const [unitId, setUnitId] = useState(target?.unit_id);
  const [stage, setStage] = useState(target?.stage ?? "level2_activated");
  const [people, setPeople] = useState(target ? spell(target.people) : "");
  const [denominator, setDenominator] = useState<Schemas["Denominator"]>(target?.denominator ?? "assigned");
  const [starts, setStarts] = useState(target?.starts_on ?? `${today.slice(0, 4)}-01-01`);
  const [ends, setEnds] = useState(target?.ends_on ?? "");
  const [source, setSource] = useState(target?.source ?? "");
  const [tried, setTried] = useState(false);
  const count = readCount(people);
  return (
    <Dialog title={target ? t("Sửa chỉ tiêu", "Change a target") : t("Đặt chỉ tiêu", "Set a target")} close={close} wide>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (unitId === undefined || !count) return;
          const wanted = { unit_id: unitId, stage, people: count, denominator, starts_on: starts, ends_on: ends || undefined, source: source.trim() };
          void put(wanted, t(`Đã ghi chỉ tiêu ${spell(count)} người của ${labelOf(units, unitId)}.`, `The target of ${labelOf(units, unitId)} is ${spell(count)} people.`));
        }}
      >
        <Trouble why={why} />
        {target && now && now.people !== target.people && <p class="notice">{t(`Lúc bạn mở, chỉ tiêu là ${spell(target.people)} người; bây giờ là ${spell(now.people)}.`, `When you opened it the target was ${spell(target.people)} people; it is ${spell(now.people)} now.`)}</p>}
        {target ? (
          <p><strong>{labelOf(units, target.unit_id)}</strong><br />{nameOf(STAGES, target.stage)}, {t("từ ngày", "from")} {date(target.starts_on)}<br /><span class="soft">{t("Đơn vị, bước, ngày đầu nhầm thì bỏ chỉ tiêu này rồi đặt lại.", "If unit, step or first day are wrong, remove it and set another.")}</span></p>
        ) : (
          <>
            <PickUnit id="target-unit" label={t("Đơn vị", "Unit")} units={units} chosen={unitId} choose={setUnitId} fault={tried && unitId === undefined ? t("Chọn một đơn vị.", "Choose a unit.") : undefined} />
            <Choice id="target-stage" label={t("Bước", "Step")} value={stage} chosen={setStage}>{STAGES.map(([word, name]) => <option key={word} value={word}>{name}</option>)}</Choice>
          </>
        )}
        <div class="pair">
          <Field id="people" label={t("Số người", "People")} value={people} typed={setPeople} inputMode="numeric" required fault={tried && !count ? t("Ghi một số lớn hơn 0, như 1.250.", "Write a number above 0, such as 1,250.") : faultAt(why, `${AT}/people`)} />
          <Choice id="denominator" label={t("Là phần của", "Counts")} value={denominator} chosen={(word) => setDenominator(word as Schemas["Denominator"])}>{DENOMINATORS.map(([word, name]) => <option key={word} value={word}>{name}</option>)}</Choice>
        </div>
        <div class="pair">
          {!target && <Field id="target-starts" type="date" label={t("Từ ngày", "From")} value={starts} typed={setStarts} required fault={faultAt(why, `${AT}/starts_on`)} />}
          <Field id="target-ends" type="date" label={t("Đến hết ngày (bỏ trống: chưa có hạn)", "To the end of (empty: it goes on)")} value={ends} typed={setEnds} fault={faultAt(why, `${AT}/ends_on`)} />
        </div>
        <Field id="target-source" label={t("Nguồn: kế hoạch, công văn nào", "Source: which plan or letter")} value={source} typed={setSource} required maxLength={200} fault={faultAt(why, `${AT}/source`)} />
        <div class="deeds">
          <button disabled={busy}>{t("Ghi", "Write it")}</button>
          {target && <button type="button" class="quiet danger" disabled={busy} onClick={() => void remove(target)}>{t("Bỏ chỉ tiêu", "Remove it")}</button>}
        </div>
      </form>
    </Dialog>
  );
}
