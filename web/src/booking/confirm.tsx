/** A held place: its countdown, the confirmation, and what was booked. */
import { useRef, useState } from "preact/hooks";

import { api, Refused, told, Unreachable, uuid } from "../api.ts";
import { Heading, Trouble, useDeed, useSecondsUntil } from "../kit.tsx";
import { spellLeft, spellTime, t } from "../words.ts";
import { digitsOf, readIdNumber, spellIdNumber } from "../citizen.ts";
import type { Slip } from "./slip.tsx";
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
  /** Back to what was typed, with what is wrong with it. */
  mend: (why: unknown) => void;
}

/** Below this it is said in red. */
const HURRY_S = 30;

export function Confirm({ kept, service, people, booked, back, mend }: Props) {
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
  const mendable = why instanceof Refused && why.problem.status === 422 && why.code === "invalid";
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
                {one.name.trim()} <span class="soft">· {t("số định danh …", "ID …")}{digitsOf(one.idNumber).slice(-4)}{id && `, ${spellIdNumber(id).toLowerCase()}`}</span>
              </li>
            );
          })}
        </ul>
        <p class={left < HURRY_S ? "left hurry" : "left"} role="timer">
          {over ? t("Thời gian giữ chỗ đã hết.", "The hold has run out.") : t(`Chỗ được giữ cho bạn còn ${spellLeft(left)}`, `Kept for you for ${spellLeft(left)} more`)}
        </p>
      </div>
      <Trouble why={why}>
        {unknown && <p>{t("Có thể lịch đã được đặt. Bấm “Gửi lại”: không bao giờ bị đặt hai lần.", "It may be booked already. Press “Send again”: it is never booked twice.")}</p>}
      </Trouble>
      <div class="deeds">
        {mendable && <button type="button" onClick={() => mend(why)}>{t("Sửa lại thông tin", "Mend what I typed")}</button>}
        {!mendable && (!over || unknown) && (
          <button type="button" disabled={busy} onClick={() => void confirm()}>
            {busy ? t("Đang đặt…", "Booking…") : unknown ? t("Gửi lại", "Send again") : t("Xác nhận đặt lịch", "Confirm")}
          </button>
        )}
        <button type="button" class="quiet" disabled={busy || (asked && unknown)} onClick={back}>
          {over ? t("Chọn lại khung giờ", "Choose again") : t("Bỏ chỗ này, chọn giờ khác", "Give it back")}
        </button>
      </div>
    </>
  );
}
