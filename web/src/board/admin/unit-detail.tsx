/** One unit as it was on a day: above it, within it, before it, after it. */
import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Loading, Trouble } from "../../kit.tsx";
import { day, lower, t } from "../../words.ts";
import { date } from "../report/numbers.ts";
import { CLASSES, nameOf, spell } from "../state.ts";
import { above, addressOf, UNIT_LEVELS } from "./unit-search.tsx";

type Succession = Schemas["UnitSuccession"];

/** The first day that is told where a record does not say. */
const BEGINNING = "2020-01-01";

function dayBefore(iso: string): string {
  return day(new Date(Date.parse(`${iso}T12:00:00+07:00`) - 86_400_000));
}

export function OneUnit({ id, on }: { id: number; on: string }) {
  const found = useAsked(`unit ${id} ${on}`, () => told(api.GET("/api/v1/units/{unit_id}", { params: { path: { unit_id: id }, query: { on } } })));
  if (!found.told) {
    return (
      <section class="panel" aria-label={t("Đơn vị", "Unit")}>
        {found.why === undefined ? <Loading /> : <Trouble why={found.why}><LastDay id={id} /></Trouble>}
      </section>
    );
  }
  const { unit, children, predecessors, successors } = found.told;
  return (
    <section class="panel unit" aria-labelledby="one-unit">
      <h2 id="one-unit">{unit.name}</h2>
      <dl class="sent">
        <div><dt>{t("Cấp", "Level")}</dt><dd>{nameOf(UNIT_LEVELS, unit.level)}{unit.class && `, ${lower(nameOf(CLASSES, unit.class))}`}</dd></div>
        {unit.code && <div><dt>{t("Mã hành chính", "Official code")}</dt><dd>{unit.code}</dd></div>}
        <div><dt>{t("Mang tên này", "So named")}</dt><dd>{unit.valid_from <= BEGINNING ? t("từ trước 2020", "since before 2020") : t(`từ ${date(unit.valid_from)}`, `since ${date(unit.valid_from)}`)}{unit.valid_to ? t(` đến hết ${date(dayBefore(unit.valid_to))}`, ` to the end of ${date(dayBefore(unit.valid_to))}`) : t(" đến nay", " until today")}</dd></div>
        {unit.parent_id && <div><dt>{t("Thuộc", "Within")}</dt><dd><a href={addressOf(unit.parent_id, on)}>{above(unit.label, unit.name)}</a></dd></div>}
      </dl>
      <Ties title={t("Tiếp nối từ", "Continues")} ties={predecessors} at={(one) => dayBefore(one.on_date)} />
      <Ties title={t("Sau đó là", "Became")} ties={successors} at={(one) => one.on_date} />
      {children.length > 0 && (
        <>
          <h3>{t(`Bên trong vào ngày ${date(on)} (${spell(children.length)})`, `Within it on ${date(on)} (${spell(children.length)})`)}</h3>
          <ul class="columns">{children.map((one) => <li key={one.unit_id}><a href={addressOf(one.unit_id, on)}>{one.name}</a></li>)}</ul>
        </>
      )}
    </section>
  );
}

function Ties({ title, ties, at }: { title: string; ties: Succession[]; at: (one: Succession) => string }) {
  if (ties.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="cases">
        {ties.map((one) => (
          <li key={`${one.unit_id} ${one.on_date}`}><p><a href={addressOf(one.unit_id, at(one))}>{one.label}</a><br /><span class="soft">{date(one.on_date)}: {one.share === "part" ? t("một phần", "in part") : t("toàn bộ", "as a whole")}{one.villages && ` (${one.villages})`}</span></p></li>
        ))}
      </ul>
    </>
  );
}

/** A unit that was not there on the day that was asked for is shown as of its last one. */
function LastDay({ id }: { id: number }) {
  const last = useAsked(`last ${id}`, () => told(api.GET("/api/v1/units/{unit_id}", { params: { path: { unit_id: id } } })));
  if (!last.told) return null;
  const { unit } = last.told;
  const there = unit.valid_to ? dayBefore(unit.valid_to) : day(new Date());
  return <p><a href={addressOf(id, there)}>{t(`Xem ${unit.name} vào ngày ${date(there)}`, `See ${unit.name} on ${date(there)}`)}</a></p>;
}
