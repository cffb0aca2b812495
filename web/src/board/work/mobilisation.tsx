/** "100 % of members mobilised": how many members there are, how many have begun, and who has not. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { Choice, Trouble, useDeed } from "../../kit.tsx";
import { me } from "../../session.ts";
import { t } from "../../words.ts";
import { Done, Failed, UnitOptions } from "../admin/pieces.tsx";
import { communesOf, labelOf, shorten, useUnits } from "../admin/units.ts";
import { Note } from "../note.tsx";
import { Listed, usePaged } from "../paged.tsx";
import { date } from "../report/numbers.ts";
import { nameOf, spell, spellTenth } from "../state.ts";
import { TakeList } from "../take-list.tsx";
import { WHOSE } from "./campaign-targets.tsx";
import { MemberCountForm } from "./member-count.tsx";
import { lastDays, Span } from "./span.tsx";
import { Waiting } from "./waiting.tsx";

export type Mobilisation = Schemas["Mobilisation"];
export type MemberCount = Schemas["MemberCount"];

const PAGE = 50;
const DAYS = 30;

export function Mobilised() {
  const [within, setWithin] = useState("");
  const [days, setDays] = useState(lastDays(DAYS));
  const [asks, ask] = useState<Mobilisation | "new">();
  const [done, setDone] = useState<{ said: string; undo?: () => void }>();
  const { busy, why, run, forget } = useDeed();
  const units = useUnits();
  const unit_id = Number(within) || me.value!.unit_id;
  const query = { unit_id, ...days };
  const list = usePaged(`mobilised ${JSON.stringify(query)}`, (cursor) => told(api.GET("/api/v1/mobilisation", { params: { query: { ...query, cursor, limit: PAGE } } })));
  const communes = communesOf(units.told);
  const isCommune = units.told?.get(unit_id)?.level === "commune";
  const written = (next: typeof done) => {
    ask(undefined);
    setDone(next);
    list.again();
  };
  const put = (count: MemberCount, said: string) =>
    run(async () => {
      await told(api.PUT("/api/v1/mobilisation/members", { body: { counts: [count] } }));
      written({ said });
    });
  const remove = (count: MemberCount) =>
    run(async () => {
      const { unit_id, mass_union, counted_on } = count;
      await told(api.POST("/api/v1/mobilisation/members/removals", { body: { counts: [{ unit_id, mass_union, counted_on }] } }));
      const name = labelOf(units.told, unit_id);
      written({ said: t(`Đã bỏ số của ${name}; số trước đó (nếu có) lại có hiệu lực.`, `The count of ${name} is removed; the one before it holds, if there is one.`), undo: () => void put(count, t("Số đã trở lại như trước.", "The count is as it was.")) });
    });
  return (
    <>
      <section class="panel" aria-labelledby="mobilised">
        <div class="panel-head">
          <h1 id="mobilised">{t("Huy động đoàn viên, hội viên", "Members mobilised")}</h1>
          <div class="deeds">
            {units.told && <button type="button" class="small" onClick={() => ask("new")}>{t("Ghi số đoàn viên, hội viên", "Write how many members there are")}</button>}
            <TakeList asked={{ table: "mobilisation", unit_id, from_on: days.from, until_on: days.to }} title={t("Huy động đoàn viên, hội viên", "Members mobilised")} />
          </div>
        </div>
        <div class="filters-row">
          {communes.length > 1 && <Choice id="mobilised-within" label={t("Đơn vị", "Unit")} value={within} chosen={setWithin}><UnitOptions communes={communes} /></Choice>}
          <Span id="mobilised" days={days} choose={setDays} />
        </div>
        <Note about={t("Các tỷ lệ này nói gì?", "What do the percentages say?")}>
          <p>{t("Số đoàn viên, hội viên ghi theo văn bản của đoàn thể; số mới nhất có hiệu lực. So với số ấy: bao nhiêu người có tài khoản, bao nhiêu đã đăng nhập, bao nhiêu đã ghi được việc trong những ngày đang xem. Vượt 100 % nghĩa là số đoàn viên đã cũ. Đơn vị không có số riêng thì lấy tổng các đơn vị bên trong khi nơi nào cũng có.", "How many members there are is written from a document of the union; the newest count holds. Against it stand how many have an account, have signed in, and recorded something in these days. More than 100 % means that the count is out of date. A unit without one has the sum of those within it, where each has one.")}</p>
        </Note>
        <Trouble why={asks === undefined ? why : undefined} />
        <Done said={done?.said} undo={done?.undo} busy={busy} />
        {units.why !== undefined && <Failed why={units.why} again={units.again} />}
        <Listed list={list} empty={t("Không có đơn vị nào.", "There is no unit.")}>{(rows) => <Table rows={rows} ask={ask} />}</Listed>
      </section>
      <div class="below-panel">
        {isCommune ? <Waiting unitId={unit_id} days={days} /> : <section class="panel"><h2>{t("Ai chưa bắt đầu", "Who has not begun")}</h2><p class="soft">{t("Chọn một xã, phường ở trên để xem tên gọi của người chưa đăng nhập hay chưa ghi gì.", "Choose a commune above to see the given names of those who have not signed in or recorded anything.")}</p></section>}
      </div>
      {asks !== undefined && units.told && <MemberCountForm of={asks === "new" ? undefined : asks} unitId={unit_id} units={units.told} busy={busy} why={why} close={() => { ask(undefined); forget(); }} put={put} remove={remove} />}
    </>
  );
}

/** `18 (45,0 %)`. */
function Part({ count, percent, label }: { count: number; percent: number | null | undefined; label: string }) {
  return <td class="number" data-label={label}>{spell(count)}{percent != null && <span class="soft"> ({spellTenth(percent)} %)</span>}</td>;
}

function Table({ rows, ask }: { rows: Mobilisation[]; ask: (one: Mobilisation) => void }) {
  const names = { members: t("Đoàn viên, hội viên", "Members"), accounts: t("Có tài khoản", "With an account"), signed: t("Đã đăng nhập", "Signed in"), recorded: t("Đã ghi việc", "Recorded something") };
  return (
    <table class="rows">
      <thead>
        <tr>
          <th scope="col">{t("Đơn vị, đoàn thể", "Unit and union")}</th>
          {Object.values(names).map((name) => <th key={name} scope="col" class="number">{name}</th>)}
          <th scope="col"><span class="unseen">{t("Sửa", "Change")}</span></th>
        </tr>
      </thead>
      <tbody>
        {rows.map((one) => (
          <tr key={`${one.unit_id} ${one.mass_union}`}>
            <th scope="row">{shorten(one.name)}<span class="soft small-print">{nameOf(WHOSE, one.mass_union)}</span></th>
            <td class="number" data-label={names.members}>
              {one.members == null ? <span class="soft">{t("chưa ghi", "not written")}</span> : spell(one.members)}
              {one.counted_on && <span class="soft small-print">{one.source ?? t("tổng các đơn vị", "sum of its parts")}, {date(one.counted_on)}</span>}
            </td>
            <Part count={one.accounts} percent={one.accounts_percent} label={names.accounts} />
            <Part count={one.signed_in} percent={one.signed_in_percent} label={names.signed} />
            <Part count={one.recorded} percent={one.recorded_percent} label={names.recorded} />
            <td class="act"><button type="button" class="quiet small" onClick={() => ask(one)}>{t("Ghi số", "Write")}<span class="unseen"> {shorten(one.name)}, {nameOf(WHOSE, one.mass_union)}</span></button></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
