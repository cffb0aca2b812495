/** Targets of one's unit: by unit and stage, with source and days; what stands over them; set, changed, removed, imported. */
import { useEffect, useRef, useState } from "preact/hooks";

import { api, Refused, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Choice, Field, Loading, Trouble, useDeed } from "../../kit.tsx";
import { may, me } from "../../session.ts";
import { day, t } from "../../words.ts";
import { Note } from "../note.tsx";
import { date } from "../report/numbers.ts";
import { nameOf, spell, spellTenth, STAGES } from "../state.ts";
import { fits, PAGE, readAll } from "./lists.ts";
import { Cut, Done, Failed, UnitOptions, useSome } from "./pieces.tsx";
import { SetTarget } from "./target-form.tsx";
import { TargetFiles } from "./target-files.tsx";
import { communesOf, labelOf, type Units, useUnits } from "./units.ts";

export type Target = Schemas["Target"];

export const DENOMINATORS: [Schemas["Denominator"], string][] = [
  ["assigned", t("số được giao", "people assigned")],
  ["eligible", t("số người đủ điều kiện", "people eligible")],
  ["approved", t("số hồ sơ được duyệt", "people approved")],
];
const SPANS: [string, string][] = [
  ["now", t("đang có hiệu lực", "in force")],
  ["all", t("cả đã hết và chưa đến", "past and coming too")],
];

export function Targets() {
  const [within, setWithin] = useState("");
  const [stage, setStage] = useState("");
  const [span, setSpan] = useState("now");
  const [typed, type] = useState("");
  const [asks, ask] = useState<Target | "new">();
  const [done, setDone] = useState<{ said: string; undo?: () => void }>();
  const { busy, why, run, forget } = useDeed();
  const close = () => {
    ask(undefined);
    forget();
  };
  const units = useUnits();
  const today = day(new Date());
  const unit_id = Number(within) || me.value?.unit_id;
  const query = { unit_id, stage: stage || undefined, on: span === "now" ? today : undefined };
  // What is changed here is changed as it was read, or not at all; after one's own change until it is read again as it is.
  const seen = useRef<string | undefined>(undefined);
  const list = useAsked(JSON.stringify(query), () => readAll(async (cursor) => {
    const answer = api.GET("/api/v1/targets", { params: { query: { ...query, cursor, limit: PAGE } } });
    if (cursor === undefined) seen.current = (await answer).response.headers.get("etag") ?? undefined;
    return told(answer);
  }));
  const asSeen = () => (seen.current === undefined ? {} : { header: { "If-Match": seen.current } });
  const change = async (done: Promise<unknown>) => {
    try {
      await done;
      seen.current = undefined;
    } catch (why) {
      if (why instanceof Refused && why.problem.status === 412) list.again();
      throw why;
    }
  };
  const mayManage = may("manage_targets");
  const written = (said: string) => {
    ask(undefined);
    setDone({ said });
    list.again();
  };
  const put = (target: Target, said: string) =>
    run(async () => {
      await change(told(api.PUT("/api/v1/targets", { params: asSeen(), body: { targets: [target] } })));
      written(said);
    });
  const remove = (target: Target) =>
    run(async () => {
      const { unit_id, stage, starts_on } = target;
      await change(told(api.POST("/api/v1/targets/removals", { params: asSeen(), body: { targets: [{ unit_id, stage, starts_on }] } })));
      ask(undefined);
      setDone({ said: t(`Đã bỏ chỉ tiêu của ${labelOf(units.told, unit_id)}.`, `The target of ${labelOf(units.told, unit_id)} is removed.`), undo: () => void put(target, t("Chỉ tiêu đã trở lại như trước.", "The target is as it was.")) });
      list.again();
    });
  return (
    <section class="panel" aria-labelledby="targets">
      <div class="panel-head">
        <h1 id="targets">{t("Chỉ tiêu", "Targets")}</h1>
        <div class="deeds">
          {mayManage && <button type="button" class="small" onClick={() => ask("new")}>{t("Đặt chỉ tiêu", "Set a target")}</button>}
          {list.told && units.told && <TargetFiles unitId={unit_id!} targets={list.told.rows} units={units.told} written={written} />}
        </div>
      </div>
      <div class="filters-row">
        <Choice id="within" label={t("Đơn vị", "Unit")} value={within} chosen={setWithin}><UnitOptions communes={communesOf(units.told)} /></Choice>
        <Choice id="stage-shown" label={t("Bước", "Step")} value={stage} chosen={setStage}>
          <option value="">{t("Mọi bước", "Every step")}</option>
          {STAGES.map(([word, name]) => <option key={word} value={word}>{name}</option>)}
        </Choice>
        <Choice id="span" label={t("Thời gian", "Days")} value={span} chosen={setSpan}>{SPANS.map(([word, name]) => <option key={word} value={word}>{name}</option>)}</Choice>
        <Field id="find" label={t("Tìm theo tên hay nguồn", "Find by name or source")} value={typed} typed={type} />
      </div>
      <Note about={t("Chỉ tiêu, mẫu số, vượt 100 % nghĩa là gì?", "What are targets, what they count, and more than 100 %?")}>
        <p>{t("Mỗi chỉ tiêu ghi rõ đơn vị, bước, ngày, và là bao nhiêu phần của cái gì: số được giao, số người đủ điều kiện, hay số hồ sơ được duyệt. Đơn vị không có chỉ tiêu riêng thì lấy tổng các đơn vị bên trong, khi mọi đơn vị đó đều có và cùng một loại.", "Each says of which unit, step and days it is, and what counts as a hundred per cent: those assigned, eligible, or approved. A unit without one has the sum of those within it, where all of them have one of the same kind.")}</p>
        <p>{t("Vượt 100 % là chuyện bình thường, nhưng xếp hạng như 100 % và nhắc xem lại: có thể chỉ tiêu đặt thấp, đặt nhầm bước, hay mẫu số đã cũ.", "More than 100 % is normal; it ranks as 100 %, and the target is to be looked at: it may be too low, of another step, or its count too old.")}</p>
      </Note>
      <Trouble why={asks === undefined ? why : undefined} />
      <Done said={done?.said} undo={done?.undo} busy={busy} />
      {!list.told || !units.told ? (list.why === undefined && units.why === undefined ? <Loading /> : <Failed why={list.why ?? units.why} again={() => { list.again(); units.again(); }} />) : (
        <>
          <Cut isAll={list.told.isAll} count={list.told.rows.length} />
          <Table targets={list.told.rows.filter((one) => typed.trim() === "" || fits(typed, `${labelOf(units.told, one.unit_id)} ${one.source}`))} all={list.told.rows} units={units.told} today={today} open={mayManage ? ask : undefined} />
        </>
      )}
      {asks !== undefined && units.told && <SetTarget target={asks === "new" ? undefined : asks} now={list.told?.rows.find((one) => asks !== "new" && one.unit_id === asks.unit_id && one.stage === asks.stage && one.starts_on === asks.starts_on)} units={units.told} today={today} busy={busy} why={why} close={close} put={put} remove={remove} />}
    </section>
  );
}

/** Boards are told anew at most once a second, in ms; a little more. */
const BOARD_AGE_MS = 1500;

/** What each commune has reached, by stage: where the board measures it by this very target. */
function useReached(targets: Target[], today: string) {
  const stages = [...new Set(targets.map((one) => one.stage))].sort();
  const key = `reached ${targets.map((one) => `${one.unit_id} ${one.people}`)}`;
  const reached = useAsked(key, async () => {
    const boards = await Promise.all(stages.map((stage) => told(api.GET("/api/v1/leaderboards/{level}", { params: { path: { level: "commune" }, query: { stage, period: "start", metric: "rate", limit: PAGE } } }))));
    return new Map(boards.flatMap((board) => board.rows.map((row) => [`${row.unit_id} ${board.stage}`, row] as const)));
  });
  const [waited, wait] = useState("");
  const isOld = reached.told !== undefined && waited !== key && targets.some((one) => {
    const row = isInForce(one, today) ? reached.told!.get(`${one.unit_id} ${one.stage}`) : undefined;
    return row !== undefined && row.target !== one.people;
  });
  useEffect(() => {
    if (!isOld) return undefined;
    const timer = setTimeout(() => {
      wait(key);
      reached.again();
    }, BOARD_AGE_MS);
    return () => clearTimeout(timer);
  }, [isOld, key]);
  return reached;
}

function isInForce(target: Target, today: string): boolean {
  return target.starts_on <= today && (target.ends_on == null || target.ends_on >= today);
}

function Table({ targets, all, units, today, open }: { targets: Target[]; all: Target[]; units: Units; today: string; open: ((one: Target) => void) | undefined }) {
  const reached = useReached(all, today);
  const { some, more } = useSome(targets, 30);
  if (targets.length === 0) return <p class="empty">{all.length > 0 ? t("Không có chỉ tiêu nào như vậy.", "No target is like that.") : t("Chưa đặt chỉ tiêu nào ở đây.", "No target is set here yet.")}</p>;
  return (
    <>
      <p class="soft" role="status">{t(`${spell(targets.length)} chỉ tiêu.`, `${spell(targets.length)} targets.`)}</p>
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">{t("Đơn vị", "Unit")}</th><th scope="col">{t("Bước", "Step")}</th><th scope="col" class="number">{t("Số người", "People")}</th>
            <th scope="col" class="number">{t("Đã đạt, %", "Reached, %")}</th><th scope="col">{t("Từ ngày – đến ngày", "From – to")}</th><th scope="col">{t("Nguồn", "Source")}</th>
            {open && <th scope="col"><span class="unseen">{t("Sửa", "Change")}</span></th>}
          </tr>
        </thead>
        <tbody>
          {some.map((one) => {
            const isNow = isInForce(one, today);
            const row = isNow ? reached.told?.get(`${one.unit_id} ${one.stage}`) : undefined;
            const measured = row?.target === one.people ? row : undefined;
            return (
              <tr key={`${one.unit_id} ${one.stage} ${one.starts_on}`}>
                <th scope="row">{labelOf(units, one.unit_id)}</th>
                <td>{nameOf(STAGES, one.stage)}</td>
                <td class="number" data-label={t("Số người", "People")}>{spell(one.people)} <span class="soft small-print">{nameOf(DENOMINATORS, one.denominator)}</span></td>
                <td class="number" data-label={t("Đã đạt, %", "Reached, %")}>{measured?.rate_percent == null ? "–" : spellTenth(measured.rate_percent)}{measured?.target_error && <> <span class="badge">{t("xem lại chỉ tiêu", "look at the target")}</span></>}</td>
                <td data-label={t("Từ – đến", "From – to")}>{date(one.starts_on)} – {one.ends_on ? date(one.ends_on) : t("chưa có hạn", "goes on")}{!isNow && <> <span class="badge calm">{one.starts_on > today ? t("chưa đến", "to come") : t("đã hết", "over")}</span></>}</td>
                <td data-label={t("Nguồn", "Source")}>{one.source}</td>
                {open && <td class="act"><button type="button" class="quiet small" onClick={() => open(one)}>{t("Sửa", "Change")}<span class="unseen"> {labelOf(units, one.unit_id)}, {nameOf(STAGES, one.stage)}</span></button></td>}
              </tr>
            );
          })}
        </tbody>
      </table>
      {more}
    </>
  );
}
