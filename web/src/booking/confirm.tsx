/** A held place: its countdown, the confirmation, and what was booked. */
import { api, Refused, type Schemas, told } from "../api.ts";
import { alternativesOf, Heading, Trouble, useDeed, useSecondsUntil } from "../kit.tsx";
import { spellLeft, spellTime, t, vietnamese } from "../words.ts";
import { digitsOf, readIdNumber, spellIdNumber } from "../citizen.ts";
import type { Slip } from "./slip.tsx";
import { type NearSlot, SlotList } from "./slots.tsx";
import { type Typed, visitorOf } from "./person.tsx";
import { proxyOf, type TypedProxy } from "./proxy.tsx";

/** A place that is kept for somebody, by a hold or by an offer of the waitlist. */
export interface Kept {
  token: string;
  startsAt: string;
  until: string;
  officeName: string;
  address: string;
  /** One for every press, on whichever visit: whoever never heard of the first answer books nothing twice. */
  key: string;
  /** It was to be confirmed, and no answer has said what came of it. */
  sent: boolean;
}

interface Props {
  kept: Kept;
  service: string;
  people: Typed[];
  proxy?: TypedProxy | undefined;
  /** Whether an answer is waited for. */
  sending: (sent: boolean) => void;
  /** How it is sent where somebody signed in vouches for them; the same key gives the same answer. */
  send?: (key: string) => Promise<Schemas["BookedParty"]>;
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

export function Confirm({ kept, service, people, proxy, sending, send, booked, back, again, other, mend }: Props) {
  const left = useSecondsUntil(kept.until);
  const { busy, why, run } = useDeed();
  const sendOwn = (key: string) => {
    const params = { header: { "Idempotency-Key": key } };
    const body = { hold_token: kept.token, service_code: service, visitors: people.map(visitorOf), proxy: proxyOf(proxy) };
    return told(api.POST("/api/v1/appointments", { params, body }));
  };
  const confirm = () =>
    run(async () => {
      sending(true);
      const party = await (send ?? sendOwn)(kept.key).catch((why: unknown) => {
        if (why instanceof Refused) sending(false);
        throw why;
      });
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
  const unknown = kept.sent && !busy;
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
        <p lang={vietnamese}><strong>{kept.officeName}</strong><br /><span class="soft">{kept.address}</span></p>
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
        {proxy && <p>{t("Người đặt hộ", "Booked by")}: {proxy.name.trim()} ({proxy.relation.trim()})</p>}
        {over ? (
          <p class="left hurry" role="alert">{t("Thời gian giữ chỗ đã hết. Những gì đã nhập vẫn giữ nguyên.", "The hold has run out. What you typed stays.")}</p>
        ) : (
          <p class={left < HURRY_S ? "left hurry" : "left"} role="timer">{t(`Chỗ được giữ cho bạn còn ${spellLeft(left)}`, `Kept for you for ${spellLeft(left)} more`)}</p>
        )}
      </div>
      {unknown && why === undefined && <p class="notice" role="alert">{t("Đã gửi xác nhận mà chưa có trả lời. Có thể lịch đã được đặt: bấm “Gửi lại”, không bao giờ bị đặt hai lần.", "The confirmation had no answer. It may be booked already: press “Send again”, it is never booked twice.")}</p>}
      <Trouble why={why}>
        {unknown && <p>{t("Có thể lịch đã được đặt. Bấm “Gửi lại”: không bao giờ bị đặt hai lần.", "It may be booked already. Press “Send again”: it is never booked twice.")}</p>}
        {!send && helpAfter(why)}
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
        <button type="button" class="quiet" disabled={busy || unknown} onClick={back}>
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
