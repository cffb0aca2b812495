/** What of the contract will go one day, and which apps still call it: nobody takes away what is in use. */
import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Loading } from "../../kit.tsx";
import { t } from "../../words.ts";
import { date } from "../report/numbers.ts";
import { spell } from "../state.ts";
import { Failed } from "./pieces.tsx";

const NAMES: Record<string, string> = {
  unnamed: t("Không xưng tên", "Gives no name"),
  other: t("Tên khác", "Other names"),
};

export function Going() {
  const list = useAsked("going", () => told(api.GET("/api/v1/contract/deprecated")));
  return (
    <section class="panel" aria-labelledby="going">
      <div class="panel-head">
        <h2 id="going">{t("Thao tác sắp bỏ", "What will go")}</h2>
        <button type="button" class="quiet small" onClick={list.again}>{t("Đọc lại", "Read again")}</button>
      </div>
      {!list.told ? (list.why === undefined ? <Loading /> : <Failed why={list.why} again={list.again} />) : list.told.items.length === 0 ? (
        <p class="soft">{t("Không có thao tác nào sắp bỏ.", "Nothing will go.")}</p>
      ) : (
        <ul class="cases">{list.told.items.map((one) => <li key={one.operation_id}><Farewell of={one} /></li>)}</ul>
      )}
    </section>
  );
}

function Farewell({ of: one }: { of: Schemas["DeprecatedOperation"] }) {
  return (
    <>
      <p>
        <strong><code>{one.method} {one.path}</code></strong><br />
        <span class="soft">{t(`Báo bỏ từ ${date(one.deprecated_on)}, sớm nhất ngày ${date(one.sunset_on)} thì bỏ.`, `Deprecated since ${date(one.deprecated_on)}; goes on ${date(one.sunset_on)} at the earliest.`)}</span>
        {one.successor && <><br /><span class="soft">{t("Thay bằng", "Instead")} <code>{one.successor}</code></span></>}
      </p>
      {one.callers.length === 0 ? <p><span class="badge good">{t("30 ngày qua không ai gọi", "nobody called it in 30 days")}</span></p> : <Callers of={one.callers} />}
    </>
  );
}

function Callers({ of: callers }: { of: Schemas["DeprecatedCaller"][] }) {
  const names = { calls: t("Lượt gọi trong 30 ngày", "Calls in 30 days"), last: t("Lần cuối", "The last") };
  return (
    <table class="rows">
      <thead><tr><th scope="col">{t("Ứng dụng", "App")}</th><th scope="col" class="number">{names.calls}</th><th scope="col">{names.last}</th></tr></thead>
      <tbody>
        {callers.map((one) => (
          <tr key={one.client}>
            <th scope="row">{NAMES[one.client] ?? one.client}</th>
            <td class="number" data-label={names.calls}>{spell(one.calls)}</td>
            <td data-label={names.last}>{date(one.last_on)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
