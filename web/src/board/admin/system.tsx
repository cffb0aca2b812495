/** How long what is kept, whether notices get out, whether boards say what records say, and who calls what will go: numbers only, for administrators. */
import { api, type Schemas, told } from "../../api.ts";
import { useAsked } from "../../ask.ts";
import { Loading } from "../../kit.tsx";
import { may } from "../../session.ts";
import { spellTime, t } from "../../words.ts";
import { Note } from "../note.tsx";
import { nameOf, spell } from "../state.ts";
import { Going } from "./going.tsx";
import { Failed } from "./pieces.tsx";
import { Recounts } from "./recounts.tsx";

const CHANNELS: [string, string][] = [
  ["zalo", "Zalo"],
  ["sms", t("Tin nhắn SMS", "SMS")],
  ["email", t("Thư điện tử", "E-mail")],
  ["log", t("Chỉ ghi nhật ký (chưa nối kênh nào)", "Log only (no channel is set up)")],
];

export function System() {
  return (
    <>
      <h1 class="unseen">{t("Lưu giữ, gửi tin, đếm lại", "Retention, notices, recounts")}</h1>
      <div class="stack">
        <Channels />
        {may("see_recounts") && <><Recounts /><Going /></>}
        <Retention />
      </div>
    </>
  );
}

function Channels() {
  const list = useAsked("channels", () => told(api.GET("/api/v1/notices/channels")));
  return (
    <section class="panel" aria-labelledby="channels">
      <div class="panel-head">
        <h2 id="channels">{t("Gửi tin cho người dân", "Notices to citizens")}</h2>
        <button type="button" class="quiet small" onClick={list.again}>{t("Xem lại", "Look again")}</button>
      </div>
      {!list.told ? (list.why === undefined ? <Loading /> : <Failed why={list.why} again={list.again} />) : (
        <>
          <dl class="counts">
            <div class={list.told.due > 0 ? "warn" : undefined}><dt>{t("Đến giờ mà chưa gửi", "Due and not sent")}</dt><dd>{spell(list.told.due)}</dd></div>
            <div><dt>{t("Hẹn gửi sau", "For later")}</dt><dd>{spell(list.told.later)}</dd></div>
            <div class={list.told.failed_today > 0 ? "warn" : undefined}><dt>{t("Bỏ trong 24 giờ qua", "Given up in 24 hours")}</dt><dd>{spell(list.told.failed_today)}</dd></div>
          </dl>
          {list.told.due_since && <p class="warn">{t("Tin chờ lâu nhất từ", "The oldest waits since")} {spellTime(list.told.due_since)}.</p>}
          <ul class="cases">
            {list.told.channels.map((one) => (
              <li key={one.name}><p><strong>{nameOf(CHANNELS, one.name)}</strong> <span class={`badge ${one.is_up ? "good" : "grave"}`}>{one.is_up ? t("gửi được", "works") : t("đang nghỉ", "takes nothing")}</span>{one.failing_since && <><br /><span class="fault">{t("Hỏng từ", "Failing since")} {spellTime(one.failing_since)}{one.last_failure && ` (${one.last_failure})`}</span></>}</p></li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Retention() {
  const list = useAsked("retention", () => told(api.GET("/api/v1/retention")));
  const due = list.told?.kinds.reduce((sum, one) => sum + (one.due ?? 0), 0) ?? 0;
  return (
    <section class="panel" aria-labelledby="retention">
      <div class="panel-head">
        <h2 id="retention">{t("Giữ gì, bao lâu", "What is kept how long")}</h2>
        <button type="button" class="quiet small" onClick={list.again}>{t("Tính lại", "Count again")}</button>
      </div>
      <Note about={t("Ai đổi được các hạn này?", "Who changes these days?")}>
        <p>{t("Hạn đặt ở máy chủ (api config liệt kê biến), không ngắn hơn mức ít nhất. Mỗi đêm chương trình xóa những gì quá hạn; cột “sẽ xóa” là thử trước, chưa xóa gì. Trên máy chủ: api retention --dry-run.", "Days are set on the server (api config lists the variables), never below the least. What is older is purged every night; “would go” is a rehearsal, nothing is deleted. On the server: api retention --dry-run.")}</p>
      </Note>
      {!list.told ? (list.why === undefined ? <Loading /> : <Failed why={list.why} again={list.again} />) : (
        <>
          <p><strong>{t(`Lần xóa tới: ${spellTime(list.told.next_run_at)}, sẽ xóa hay làm rỗng ${spell(due)}.`, `The next purge: ${spellTime(list.told.next_run_at)}; ${spell(due)} would go.`)}</strong></p>
          <Kinds kinds={list.told.kinds} />
        </>
      )}
    </section>
  );
}

function Kinds({ kinds }: { kinds: Schemas["RetentionKind"][] }) {
  const names = { days: t("Giữ", "Kept"), due: t("Sẽ xóa", "Would go"), oldest: t("Cũ nhất", "The oldest"), last: t("Lần xóa trước", "Purged last") };
  return (
    <table class="rows">
      <thead><tr><th scope="col">{t("Loại", "Kind")}</th><th scope="col">{names.days}</th><th scope="col" class="number">{names.due}</th><th scope="col">{names.oldest}</th><th scope="col">{names.last}</th></tr></thead>
      <tbody>
        {kinds.map((one) => (
          <tr key={one.kind}>
            <th scope="row" lang="vi">{one.what}<span class="soft small-print">{one.reason}</span></th>
            <td data-label={names.days}>{one.days == null ? t("không xóa", "never purged") : t(`${spell(one.days)} ngày`, `${spell(one.days)} days`)}{one.days_min != null && <span class="soft small-print">{t(`ít nhất ${spell(one.days_min)}`, `at least ${spell(one.days_min)}`)}</span>}</td>
            <td class="number" data-label={names.due}>{one.due == null ? "–" : spell(one.due)}</td>
            <td data-label={names.oldest}>{one.oldest_at ? spellTime(one.oldest_at) : "–"}</td>
            <td data-label={names.last}>{one.last_run_at ? <>{spellTime(one.last_run_at)}<span class="soft small-print">{t(`xóa ${spell(one.last_purged ?? 0)}`, `${spell(one.last_purged ?? 0)} went`)}</span></> : "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
