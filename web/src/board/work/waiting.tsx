/** Who has an account in a commune and has not begun, by given name. Each page that is opened is audited by the server. */
import { useState } from "preact/hooks";

import { api, told } from "../../api.ts";
import { Choice } from "../../kit.tsx";
import { t } from "../../words.ts";
import { Listed, usePaged } from "../paged.tsx";
import { nameOf } from "../state.ts";
import { TakeList } from "../take-list.tsx";
import { WHOSE } from "./campaign-targets.tsx";
import type { Days } from "./span.tsx";

const PAGE = 50;
const STATES: [string, string][] = [
  ["not_signed_in", t("chưa đăng nhập lần nào", "never signed in")],
  ["nothing_recorded", t("chưa ghi gì trong những ngày này", "nothing recorded in these days")],
];

export function Waiting({ unitId, days }: { unitId: number; days: Days }) {
  const [union, setUnion] = useState("");
  const query = { unit_id: unitId, mass_union: union || undefined, ...days };
  const list = usePaged(`waiting ${JSON.stringify(query)}`, (cursor) => told(api.GET("/api/v1/mobilisation/waiting", { params: { query: { ...query, cursor, limit: PAGE } } })));
  return (
    <section class="panel" aria-labelledby="waiting">
      <div class="panel-head">
        <h2 id="waiting">{t("Ai chưa bắt đầu", "Who has not begun")}</h2>
        <Choice id="waiting-of" label={t("Đoàn thể", "Union")} value={union} chosen={setUnion}>
          {WHOSE.map(([word, name]) => <option key={word} value={word === "all" ? "" : word}>{word === "all" ? t("cả hai đoàn thể", "both unions") : name}</option>)}
        </Choice>
        <div class="deeds"><TakeList asked={{ table: "waiting_members", unit_id: unitId, from_on: days.from, until_on: days.to }} title={t("Ai chưa bắt đầu, có tên gọi", "Who has not begun, with given names")} says={t("Bảng có cả hai đoàn thể.", "The table has both unions.")} /></div>
      </div>
      <p class="soft">{t("Chỉ tên gọi; mỗi lần xem được ghi nhật ký.", "Given names only; each look is audited.")}</p>
      <Listed list={list} empty={t("Ai có tài khoản cũng đã bắt đầu.", "Everybody with an account has begun.")}>
        {(rows) => (
          <ul class="cases">
            {rows.map((one) => <li key={one.account_id}><p><strong>{one.given_name}</strong>, {nameOf(WHOSE, one.mass_union)}: <span class={one.state === "not_signed_in" ? "warn" : "soft"}>{nameOf(STATES, one.state)}</span></p></li>)}
          </ul>
        )}
      </Listed>
    </section>
  );
}
