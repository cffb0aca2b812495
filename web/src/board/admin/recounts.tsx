/** What each night's recount of all boards found: whether they say what the records say. */
import { api, type Schemas, told } from "../../api.ts";
import { spellTime, t } from "../../words.ts";
import { Note } from "../note.tsx";
import { Listed, usePaged } from "../paged.tsx";
import { date } from "../report/numbers.ts";
import { spell } from "../state.ts";

type Recount = Schemas["Recount"];

const PAGE = 7;

/** `4 phút 7 giây`. */
function spellLasted({ began_at, done_at }: Recount): string {
  const seconds = Math.round((Date.parse(done_at!) - Date.parse(began_at)) / 1000);
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return minutes === 0 ? t(`${rest} giây`, `${rest} s`) : t(`${spell(minutes)} phút ${rest} giây`, `${spell(minutes)} min ${rest} s`);
}

function Verdict({ of: { done_at, differences } }: { of: Recount }) {
  if (!done_at) return <span class="badge calm">{t("chưa đếm xong", "not done")}</span>;
  return differences ? <span class="badge grave">{t(`${spell(differences)} số khác bản ghi`, `${spell(differences)} numbers differ`)}</span> : <span class="badge good">{t("khớp hết", "all agree")}</span>;
}

export function Recounts() {
  const list = usePaged("recounts", (cursor) => told(api.GET("/api/v1/recounts", { params: { query: { cursor, limit: PAGE } } })));
  return (
    <section class="panel" aria-labelledby="recounts">
      <div class="panel-head">
        <h2 id="recounts">{t("Đếm lại mỗi đêm", "The nightly recount")}</h2>
        <button type="button" class="quiet small" onClick={list.again}>{t("Đọc lại", "Read again")}</button>
      </div>
      <Note about={t("Có số khác thì làm gì?", "What if numbers differ?")}>
        <p>{t("Mỗi đêm chương trình đếm lại mọi bảng từ bản ghi. Bản ghi là gốc: có số khác thì bảng sai, không mất bản ghi nào. Trên máy chủ, api verify-rollups nói khác ở đâu, thêm --repair thì sửa bảng.", "Every night all boards are recounted from the records. Records are what holds: where numbers differ a board is wrong, and no record is lost. On the server api verify-rollups says where, and --repair mends the boards.")}</p>
      </Note>
      <Listed list={list} empty={t("Chưa đêm nào đếm lại.", "No night has recounted yet.")}>
        {(rows) => (
          <ul class="cases">
            {rows.map((one) => (
              <li key={one.night}>
                <p><strong>{t("Đêm", "Night of")} {date(one.night)}</strong> <Verdict of={one} /><br /><span class="soft">{one.done_at ? t(`${spell(one.facts ?? 0)} bản ghi, mất ${spellLasted(one)}, từ ${spellTime(one.began_at)}`, `${spell(one.facts ?? 0)} records in ${spellLasted(one)}, from ${spellTime(one.began_at)}`) : t(`Bắt đầu ${spellTime(one.began_at)}: đang đếm, hoặc đã bị ngắt.`, `Begun ${spellTime(one.began_at)}: being done, or cut off.`)}</span></p>
                {one.first_differences.length > 0 && (
                  <details class="history">
                    <summary>{t(`${spell(one.first_differences.length)} chỗ khác đầu tiên`, `The first ${spell(one.first_differences.length)}`)}</summary>
                    <ul class="cases lines" lang="en">{one.first_differences.map((line) => <li key={line}><code>{line}</code></li>)}</ul>
                  </details>
                )}
              </li>
            ))}
          </ul>
        )}
      </Listed>
    </section>
  );
}
