/** How units are changed, for whoever keeps the server: a decree is written into files, judged whole, and read in. */
import { t } from "../../words.ts";

const FILES: [string, string, string][] = [
  ["--units", t("mọi đơn vị qua các thời kỳ: đơn vị cũ có ngày hết hiệu lực, đơn vị mới có ngày bắt đầu", "every unit through time: old ones with their last day, new ones with their first"), "code,valid_from,valid_to,name,level,kind,class,parent_code,parent_valid_from"],
  ["--successors", t("đơn vị nào tiếp nối đơn vị nào, toàn bộ hay một phần; một phần thì kể tên thôn", "who continues whom, as a whole or in part; a part names its villages"), "on_date,code,valid_from,successor_code,successor_valid_from,share,villages"],
  ["--villages", t("thôn, khu phố do tỉnh tự lập; sáp nhập thì thêm valid_to, heir_name", "villages, kept by the province; a merger adds valid_to and heir_name"), "name,kind,commune_code,commune_valid_from,then_code"],
];

export function UnitChanges() {
  return (
    <details class="panel narrow below-panel">
      <summary><h2>{t("Đổi đơn vị theo nghị quyết", "Changing units by decree")}</h2></summary>
      <ol class="steps-to-do">
        <li>
          <p>{t("Ghi nghị quyết vào ba tệp CSV. Tệp nào không nêu thì dùng tệp có sẵn của tỉnh.", "Write the decree into three CSV files. One that is not named is the province’s own.")}</p>
          <dl class="sent">{FILES.map(([option, about, columns]) => <div key={option}><dt><code>{option}</code></dt><dd>{about}<br /><code class="soft">{columns}</code></dd></div>)}</dl>
        </li>
        <li><p>{t("Chạy thử trên máy chủ; không ghi gì, và mọi dòng sai được kể ra: cha không có, trùng, hở ngày, vòng lặp.", "Try it on the server; nothing is written, and every wrong line is told: no parent, twice, days missing, in a circle.")}</p><p><code>api units import --units F --successors F --villages F --dry-run</code></p></li>
        <li><p>{t("Bỏ --dry-run để nạp: tất cả hoặc không gì cả. Chạy lại lần nữa thì không đổi gì thêm.", "Leave --dry-run out to read them in: all of it or nothing. Run again it changes nothing more.")}</p></li>
      </ol>
      <p>{t("Sau đó việc đã làm và người dân theo về đơn vị tiếp nối; bảng và báo cáo của những ngày trước vẫn theo đơn vị và tên của những ngày ấy.", "What was done and the people then follow to whoever continues the unit; boards and reports of earlier days keep the units and names of those days.")}</p>
    </details>
  );
}
