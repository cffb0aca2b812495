/** A held place: its countdown, the confirmation, and what was booked. */
import { useRef, useState } from "preact/hooks";

import { api, Refused, told, Unreachable, uuid } from "../api.ts";
import { alternativesOf, Heading, Trouble, useDeed, useSecondsUntil } from "../kit.tsx";
import { spellLeft, spellTime, t } from "../words.ts";
import { digitsOf, readIdNumber, spellIdNumber } from "../citizen.ts";
import type { Slip } from "./slip.tsx";
import { type NearSlot, SlotList } from "./slots.tsx";
import { type Typed, visitorOf } from "./person.tsx";

/** A place that is kept for somebody, by a hold or by an offer of the waitlist. */
export interface Kept {
  token: string;
  startsAt: string;
  until: string;
  officeName: string;
  address: string;
}

interface Props {
  kept: Kept;
  service: string;
  people: Typed[];
  booked: (slips: Slip[]) => void;
  /** Gives the place back, or lets it run out. */
  back: () => void;
  /** The same hour once more, with what was typed. */
  again?: () => void;
  /** Another hour, with what was typed. */
  other?: (slot: NearSlot) => void;
  /** Back to what was typed, with what is wrong with it. */
  mend: (why: unknown) => void;
}

/** Below this it is said in red. */
const HURRY_S = 30;

export function Confirm({ kept, service, people, booked, back, again, other, mend }: Props) {
  const left = useSecondsUntil(kept.until);
  const { busy, why, run } = useDeed();
  // One key for every press: whoever never heard of the first answer books nothing twice.
  const key = useRef(uuid());
  const [asked, setAsked] = useState(false);
  const confirm = () =>
    run(async () => {
      setAsked(true);
      const party = await told(
        api.POST("/api/v1/appointments", {
          params: { header: { "Idempotency-Key": key.current } },
          body: { hold_token: kept.token, service_code: service, visitors: people.map(visitorOf) },
        }),
      );
      booked(
        party.appointments.map((one, index) => ({
          code: one.code,
          secret: one.secret ?? "",
          startsAt: one.starts_at,
          name: people[index]?.name ?? "",
          officeName: kept.officeName,
          address: kept.address,
          verified: one.verified,
        })),
      );
    });
  const over = left <= 0;
  const unknown = why instanceof Unreachable;
  const status = why instanceof Refused ? why.problem.status : undefined;
  const mendable = status === 422 || (why instanceof Refused && why.code === "already-booked");
  // Pressing once more would change nothing.
  const gone = status === 409 || status === 410;
  const others = other ? alternativesOf(why) : [];
  return (
    <>
      <Heading>{t("Xác nhận đặt lịch", "Confirm the booking")}</Heading>
      <div class="held">
        <p class="when">{spellTime(kept.startsAt)}</p>
        <p><strong>{kept.officeName}</strong><br /><span class="soft">{kept.address}</span></p>
        <ul>
          {people.map((one) => {
            const id = readIdNumber(one.idNumber);
            return (
              <li key={one.idNumber}>
                {one.name.trim()} <span class="soft">· {t("số định danh", "ID")} <span class="nowrap">…{digitsOf(one.idNumber).slice(-4)}</span>{id && `, ${spellIdNumber(id).toLowerCase()}`}</span>
              </li>
            );
          })}
        </ul>
        {over ? (
          <p class="left hurry" role="alert">{t("Thời gian giữ chỗ đã hết. Những gì đã nhập vẫn giữ nguyên.", "The hold has run out. What you typed stays.")}</p>
        ) : (
          <p class={left < HURRY_S ? "left hurry" : "left"} role="timer">{t(`Chỗ được giữ cho bạn còn ${spellLeft(left)}`, `Kept for you for ${spellLeft(left)} more`)}</p>
        )}
      </div>
      <Trouble why={why}>
        {unknown && <p>{t("Có thể lịch đã được đặt. Bấm “Gửi lại”: không bao giờ bị đặt hai lần.", "It may be booked already. Press “Send again”: it is never booked twice.")}</p>}
        {helpAfter(why)}
      </Trouble>
      {other && others.length > 0 && (
        <div class="others">
          <p>{t("Khung giờ khác còn chỗ; những gì đã nhập vẫn giữ nguyên:", "Other slots with places; what you typed stays:")}</p>
          <SlotList slots={others} pick={other} />
        </div>
      )}
      <div class="deeds">
        {mendable && <button type="button" onClick={() => mend(why)}>{t("Sửa lại thông tin", "Mend what I typed")}</button>}
        {again && over && !unknown && !gone && !mendable && <button type="button" onClick={again}>{t("Giữ lại giờ này", "Hold it again")}</button>}
        {!mendable && !gone && (!over || unknown) && (
          <button type="button" disabled={busy} onClick={() => void confirm()}>
            {busy ? t("Đang đặt…", "Booking…") : unknown ? t("Gửi lại", "Send again") : t("Xác nhận đặt lịch", "Confirm")}
          </button>
        )}
        <button type="button" class="quiet" disabled={busy || (asked && unknown)} onClick={back}>
          {over || gone ? t("Chọn giờ khác", "Choose another hour") : t("Bỏ chỗ này, chọn giờ khác", "Give it back")}
        </button>
      </div>
    </>
  );
}

/** The next step, where a refusal leaves one open. */
export function helpAfter(why: unknown) {
  switch (why instanceof Refused ? why.code : "") {
    case "already-booked": return <p><a href="/lich-hen">{t("Mở lịch hẹn đã có để xem, đổi hoặc hủy", "Open that appointment to see, move or cancel it")}</a></p>;
    case "too-many-holds": return <p>{t("Chỗ đã giữ tự hết hạn sau vài phút: khi đó hãy bấm lại.", "Places run out by themselves in a few minutes: press again then.")}</p>;
    default: return null;
  }
}
