/** A school class or an agency books from a list: first line by line what would happen, then all of it, then its slips. */
import { useState } from "preact/hooks";

import { api, type Schemas, told, uuid } from "./api.ts";
import { Choice, Field, faultAt, Trouble, useDeed } from "./kit.tsx";
import { save } from "./save.ts";
import { day as dayOf, hour, readMinute, t } from "./words.ts";

type Fit = "all" | "as_many";
type Told = Schemas["GroupBooking"];

/** Books in that office; `booked` hears of it. */
export function Group({ office: { office_id, services }, booked }: { office: Schemas["Office"]; booked?: () => void }) {
  const today = dayOf(new Date());
  const [file, setFile] = useState<File>();
  const [service, setService] = useState(services[0]?.service_code ?? "");
  const [on, setOn] = useState(today);
  const [hours, setHours] = useState({ from: "", to: "" });
  const [fit, setFit] = useState<Fit>("all");
  // One key for what was looked at: pressed again after a lost answer, the group is booked once.
  const [answer, setAnswer] = useState<{ told: Told; key: string }>();
  const { busy, why, run } = useDeed();
  const send = (dry_run: boolean) =>
    run(async () => {
      if (!file) return;
      const query = { office_id, service, on, from_min: readMinute(hours.from) ?? 0, to_min: readMinute(hours.to) ?? 1440, fit, dry_run };
      const key = (!dry_run && answer?.key) || uuid();
      const params = { query, header: { "Idempotency-Key": key } };
      const next = await told(api.POST("/api/v1/group-bookings", { params, body: file as never, bodySerializer: (body) => body, headers: { "Content-Type": "text/csv" } }));
      setAnswer({ told: next, key: uuid() });
      if (!next.dry_run) booked?.();
    });
  const anew = <Value,>(set: (value: Value) => void) => (value: Value) => {
    set(value);
    setAnswer(undefined);
  };
  const seen = answer?.told;
  return (
    <>
      <Trouble why={why} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send(true);
        }}
      >
        <div class="field">
          <label for="group-file">{t("Danh sách CSV, tối đa 200 người", "A CSV list of at most 200 people")}</label>
          <input id="group-file" type="file" accept=".csv,text/csv" required aria-describedby="group-file-about" onChange={(event) => anew(setFile)(event.currentTarget.files?.[0])} />
          <p id="group-file-about" class="soft">{t("Cột: id_number, name, birth_on; nếu có: phone, village, guardian_name, consent", "Columns: id_number, name, birth_on; if wanted phone, village, guardian_name, consent")}</p>
        </div>
        <div class="pair">
          <Choice id="group-service" label={t("Thủ tục", "Service")} value={service} chosen={anew(setService)} fault={faultAt(why, "?service")}>
            {services.map((one) => <option key={one.service_code} value={one.service_code}>{one.name}</option>)}
          </Choice>
          <Field id="group-on" label={t("Ngày", "Day")} type="date" value={on} typed={anew(setOn)} min={today} required fault={faultAt(why, "?on")} />
          <Field id="group-from" label={t("Từ giờ (bỏ trống: giờ nào cũng được)", "From (empty: any hour)")} type="time" value={hours.from} typed={(from) => anew(setHours)({ ...hours, from })} fault={faultAt(why, "?from_min")} />
          <Field id="group-to" label={t("Trước giờ", "Before")} type="time" value={hours.to} typed={(to) => anew(setHours)({ ...hours, to })} fault={faultAt(why, "?to_min")} />
          <Choice id="group-fit" label={t("Nếu không đủ chỗ", "Where there is not room for all")} value={fit} chosen={(word) => anew(setFit)(word as Fit)}>
            <option value="all">{t("không đặt ai", "book nobody")}</option>
            <option value="as_many">{t("đặt từ trên xuống, được bao nhiêu hay bấy nhiêu", "book from the top, as many as fit")}</option>
          </Choice>
        </div>
        <button disabled={busy || !file}>{busy ? t("Đang xem…", "Looking…") : t("Xem trước từng dòng", "See each line first")}</button>
      </form>
      {seen && (
        <div class="plan" role="status">
          <dl class="counts">
            <div class={seen.booked > 0 ? "good" : undefined}><dt>{seen.dry_run ? t("Sẽ đặt", "Would be booked") : t("Đã đặt", "Booked")}</dt><dd>{seen.booked}</dd></div>
            <div class={seen.no_room > 0 ? "warn" : undefined}><dt>{t("Không đủ chỗ", "Without room")}</dt><dd>{seen.no_room}</dd></div>
            <div class={seen.refused > 0 ? "warn" : undefined}><dt>{t("Dòng sai", "Wrong lines")}</dt><dd>{seen.refused}</dd></div>
          </dl>
          <Lines lines={seen.lines} />
          {seen.dry_run && seen.refused === 0 && seen.booked > 0 && <div class="deeds"><button type="button" disabled={busy} onClick={() => void send(false)}>{t(`Đặt cho ${seen.booked} người`, `Book ${seen.booked}`)}</button></div>}
          {seen.dry_run && seen.refused > 0 && <p class="fault">{t("Còn dòng sai thì không ai được đặt: sửa tệp rồi chọn lại.", "With a wrong line nobody is booked: mend the file and choose it again.")}</p>}
          {seen.group_id && <HandOut group_id={seen.group_id} on={on} />}
        </div>
      )}
    </>
  );
}

/** What is handed out: a slip each, or everybody's codes on one list. Whoever leaves this page finds neither again. */
function HandOut({ group_id, on }: { group_id: string; on: string }) {
  const { busy, why, run } = useDeed();
  const take = () => run(() => save(api.GET("/api/v1/group-bookings/{group_id}/list", { params: { path: { group_id } }, parseAs: "blob" }), `doan-${on}.csv`));
  return (
    <>
      <Trouble why={why} />
      <p class="soft">{t("In hoặc tải trước khi rời trang này: mã bí mật của từng người chỉ có ở đây, và chỉ đưa cho chính họ.", "Print or take them before you leave this page: each person’s secret is here only, and for them alone.")}</p>
      <p class="deeds">
        <a class="button" href={`/api/v1/group-bookings/${group_id}/slips`} target="_blank" rel="noreferrer">{t("In phiếu cho cả đoàn", "Print everybody’s slip")}</a>
        <button type="button" class="quiet" disabled={busy} onClick={() => void take()}>{t("Tải danh sách (CSV)", "Take the list (CSV)")}</button>
      </p>
    </>
  );
}

const LINES_SHOWN = 40;

/** What is wrong comes first: it is what somebody has to mend. */
function Lines({ lines }: { lines: Told["lines"] }) {
  const sorted = [...lines].sort((one, other) => Number(!!other.message) - Number(!!one.message) || one.line - other.line);
  return (
    <ul class="moves">
      {sorted.slice(0, LINES_SHOWN).map((one) => (
        <li key={one.line}>
          {t(`Dòng ${one.line}`, `Line ${one.line}`)}: {one.starts_at ? <strong>{hour(one.starts_at)}</strong> : <span class="warn">{one.message ?? t("không đủ chỗ", "no room")}</span>}{one.code && <> · <span class="code-cell">{one.code}</span></>}
        </li>
      ))}
      {sorted.length > LINES_SHOWN && <li class="soft">{t(`và ${sorted.length - LINES_SHOWN} dòng nữa`, `and ${sorted.length - LINES_SHOWN} more`)}</li>}
    </ul>
  );
}
