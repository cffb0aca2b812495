/** Whom no message reached although their place or their hour changed: somebody telephones. */
import { api, type Schemas, told } from "../api.ts";
import { useAsked } from "../ask.ts";
import { Loading, Trouble, useDeed } from "../kit.tsx";
import { spellTime, t } from "../words.ts";
import { office } from "./state.ts";

type Notice = Schemas["UnreachedNotice"];

const ABOUT: Record<string, string> = {
  "booking.moved": t("đã đổi giờ, giờ mới", "moved; the new hour is"),
  "booking.closed_moved": t("điểm nghỉ, giờ mới", "the office closes; the new hour is"),
  "booking.cancelled": t("đã hủy, giờ cũ", "cancelled; it was"),
  "booking.conflict": t("điểm nghỉ, chưa có giờ mới, giờ cũ", "the office closes, no new hour; it was"),
  "booking.offer": t("có chỗ trống", "a place came free"),
  "booking.lapsing": t("cần xác nhận sẽ đến", "must say that they come"),
  "booking.lapsed": t("đã nhường chỗ vì không xác nhận, giờ cũ", "given up, for nobody confirmed; it was"),
  "booking.reissued": t("vừa cấp lại mã bí mật", "the secret was issued anew"),
};

const REASONS: Record<string, string> = {
  no_phone: t("không có điện thoại", "no phone"),
  failed: t("tin nhắn không đến", "the message failed"),
  overdue: t("tin nhắn chưa đi", "the message is still waiting"),
};

const WHOSE: Record<string, string> = {
  proxy: t("số người đặt hộ", "of whoever booked for them"),
  helper: t("số người giúp đặt", "of the helper"),
};

export function Unreached() {
  const { office_id } = office.value!;
  const { busy, why, run } = useDeed();
  const list = useAsked("unreached", () => told(api.GET("/api/v1/offices/{office_id}/desk/unreached", { params: { path: { office_id }, query: { limit: 200 } } })));
  const people = list.told?.items;
  const called = (one: Notice) =>
    run(async () => {
      const path = "/api/v1/offices/{office_id}/desk/unreached/{notice_id}/called";
      await told(api.POST(path, { params: { path: { office_id, notice_id: one.notice_id } } }));
      list.again();
    });
  return (
    <section class="panel" aria-labelledby="unreached">
      <h2 id="unreached">{t("Chưa báo được, cần gọi điện", "Not told yet: telephone them")}{people && people.length > 0 && ` (${people.length})`}</h2>
      <Trouble why={why} />
      {!people && (list.why === undefined ? <Loading /> : <Trouble why={list.why} again={list.again} />)}
      {people?.length === 0 && <p class="empty">{t("Ai cũng đã được báo.", "Everybody was told.")}</p>}
      <ul class="short">
        {people?.map((one) => (
          <li key={one.notice_id}>
            <span class="whole">
              <strong class="code-cell">{one.code}</strong> {one.name}
              <br />
              {ABOUT[one.kind] ?? one.kind} {spellTime(one.starts_at)}
              <br />
              {one.phone ? <a href={`tel:${one.phone.replace(/\s/g, "")}`}>{one.phone}</a> : t("không có số", "no number")}{" "}
              <span class="soft">{[WHOSE[one.whose_phone ?? ""], REASONS[one.reason] ?? one.reason].filter(Boolean).join(" · ")}</span>
            </span>
            <button type="button" class="quiet small" disabled={busy} onClick={() => void called(one)}>{t("Đã gọi", "Called")}</button>
          </li>
        ))}
      </ul>
    </section>
  );
}
