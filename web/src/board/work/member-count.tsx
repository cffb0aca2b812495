/** Writing how many members a union has in a unit, as a document says; or removing a count that was wrong. */
import { useState } from "preact/hooks";

import { Dialog } from "../../dialog.tsx";
import { Choice, Field, faultAt, Trouble } from "../../kit.tsx";
import { me } from "../../session.ts";
import { day, t } from "../../words.ts";
import { PickUnit } from "../admin/pieces.tsx";
import { labelOf, shorten, type Units } from "../admin/units.ts";
import { date, readCount } from "../report/numbers.ts";
import { nameOf, spell } from "../state.ts";
import { WHOSE } from "./campaign-targets.tsx";
import type { MemberCount, Mobilisation } from "./mobilisation.tsx";

interface Props {
  /** Whose count; none: it is chosen here. */
  of: Mobilisation | undefined;
  unitId: number;
  units: Units;
  busy: boolean;
  why: unknown;
  close: () => void;
  put: (count: MemberCount, said: string) => Promise<void>;
  remove: (count: MemberCount) => Promise<void>;
}

const AT = "/counts/0";
const UNIONS = WHOSE.filter(([word]) => word !== "all");

export function MemberCountForm({ of, unitId: first, units, busy, why, close, put, remove }: Props) {
  const [unitId, setUnitId] = useState<number | undefined>(of?.unit_id ?? first);
  const [union, setUnion] = useState(of?.mass_union ?? (me.value?.mass_union === "women" ? "women" : "youth"));
  const [members, setMembers] = useState("");
  const [countedOn, setCountedOn] = useState(day(new Date()));
  const [source, setSource] = useState("");
  const [tried, setTried] = useState(false);
  const count = readCount(members);
  // A sum of its parts is nobody's document, and is not removed here.
  const standing = of && of.members != null && of.counted_on && of.source ? { unit_id: of.unit_id, mass_union: of.mass_union as MemberCount["mass_union"], counted_on: of.counted_on, members: of.members, source: of.source } : undefined;
  return (
    <Dialog title={t("Số đoàn viên, hội viên", "How many members there are")} close={close} wide>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (unitId === undefined || !count) return;
          const wanted = { unit_id: unitId, mass_union: union as MemberCount["mass_union"], members: count, counted_on: countedOn, source: source.trim() };
          void put(wanted, t(`Đã ghi: ${labelOf(units, unitId)} có ${spell(count)} người của ${nameOf(WHOSE, union)}.`, `${labelOf(units, unitId)} has ${spell(count)} members of the ${nameOf(WHOSE, union)}.`));
        }}
      >
        <Trouble why={why} />
        {of ? <p><strong>{shorten(of.name)}</strong>, {nameOf(WHOSE, of.mass_union)}</p> : (
          <>
            <PickUnit id="count-unit" label={t("Đơn vị", "Unit")} units={units} chosen={unitId} choose={setUnitId} fault={tried && unitId === undefined ? t("Chọn một đơn vị.", "Choose a unit.") : undefined} />
            <Choice id="count-union" label={t("Đoàn thể", "Union")} value={union} chosen={setUnion}>{UNIONS.map(([word, name]) => <option key={word} value={word}>{name}</option>)}</Choice>
          </>
        )}
        {standing && (
          <>
            <p class="soft">{t(`Đang có hiệu lực: ${spell(standing.members)} người, tính đến ${date(standing.counted_on)} (${standing.source}).`, `In force: ${spell(standing.members)}, as of ${date(standing.counted_on)} (${standing.source}).`)}</p>
            <div class="deeds"><button type="button" class="quiet" disabled={busy} onClick={() => void remove(standing)}>{t("Bỏ số này", "Remove it")}</button></div>
          </>
        )}
        <div class="pair">
          <Field id="members" label={t("Số người", "Members")} value={members} typed={setMembers} inputMode="numeric" required fault={tried && !count ? t("Ghi một số lớn hơn 0, như 1.250.", "Write a number above 0, such as 1,250.") : faultAt(why, `${AT}/members`)} />
          <Field id="counted-on" type="date" label={t("Tính đến ngày", "As of")} value={countedOn} typed={setCountedOn} max={day(new Date())} required fault={faultAt(why, `${AT}/counted_on`)} />
        </div>
        <Field id="count-source" label={t("Theo văn bản nào", "From which document")} value={source} typed={setSource} required maxLength={200} fault={faultAt(why, `${AT}/source`)} />
        <div class="deeds"><button disabled={busy}>{t("Ghi", "Write it")}</button></div>
      </form>
    </Dialog>
  );
}
