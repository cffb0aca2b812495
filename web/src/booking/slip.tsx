/** What was booked: code and secret, to print, to copy, to put into a calendar. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../api.ts";
import { useAsked } from "../ask.ts";
import { Heading } from "../kit.tsx";
import { spellTime, t, vietnamese } from "../words.ts";

type Appointment = Schemas["Appointment"];

export interface Slip {
  code: string;
  secret: string;
  startsAt: string;
  name: string;
  officeName: string;
  address: string;
  verified: boolean;
}

/** Opens the appointment again. The key stands behind the #, which no server and no log ever sees. */
export function linkOf(slip: { code: string; secret: string }): string {
  return `${location.origin}/lich-hen#${slip.code}.${slip.secret}`;
}

/** The server's printable slip, asked for by a form: the key is in no address, and this page with its codes stays. */
export function PrintSlip({ code, secret }: { code: string; secret: string }) {
  return (
    <form method="post" action="/lich-hen/phieu" target="_blank" class="inline">
      <input type="hidden" name="code" value={code} />
      <input type="hidden" name="secret" value={secret} />
      <button class="quiet">{t("In phiếu hẹn", "Print the slip")}</button>
    </form>
  );
}

export function CopyLink({ code, secret }: { code: string; secret: string }) {
  const [state, show] = useState<"" | "copied" | "failed">("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(linkOf({ code, secret }));
      show("copied");
    } catch {
      show("failed");
    }
  };
  return (
    <>
      <button type="button" class="quiet" onClick={() => void copy()}>
        {state === "copied" ? t("Đã chép liên kết", "Link copied") : t("Chép liên kết để giữ lại", "Copy a link to keep")}
      </button>
      {state === "failed" && <p class="fault">{t("Trình duyệt này không cho chép. Hãy chụp màn hình.", "This browser does not copy. Take a screenshot.")}</p>}
    </>
  );
}

/** What else the office says of an appointment. Whoever cannot be told now reads it with the two codes. */
function useDetails(slip: Slip): Appointment | undefined {
  const { code, secret } = slip;
  return useAsked(code, () => told(api.POST("/api/v1/appointments/lookup", { body: { code, secret } }))).told;
}

/** `wipe`: they are written down, and the next person at this phone is not to see them. */
export function Booked({ slips, wipe }: { slips: Slip[]; wipe: () => void }) {
  const details = useDetails(slips[0]!);
  const documents = details?.documents ?? [];
  return (
    <>
      <Heading>{t("Đã đặt lịch", "Booked")}</Heading>
      {details?.keep_by && (
        <div class="notice">
          <p><strong>{t("Còn một việc nữa.", "One thing is left to do.")}</strong> {spellKeep(details.keep_by)}</p>
        </div>
      )}
      {slips.map((slip) => (
        <section key={slip.code} class="held">
          <p class="when">{spellTime(slip.startsAt)}</p>
          <p lang={vietnamese}><strong>{slip.name}</strong><br />{slip.officeName}<br /><span class="soft">{slip.address}</span></p>
          <dl class="keys">
            <div><dt>{t("Mã lịch hẹn", "Code")}</dt><dd class="code">{slip.code}</dd></div>
            <div><dt>{t("Mã bí mật, để đổi hoặc hủy", "Secret, to move or cancel")}</dt><dd class="code">{slip.secret}</dd></div>
          </dl>
          <div class="deeds">
            <PrintSlip code={slip.code} secret={slip.secret} />
            <CopyLink code={slip.code} secret={slip.secret} />
            <a href={linkOf(slip)}>{t("Xem, đổi hoặc hủy", "See, move or cancel")}</a>
          </div>
        </section>
      ))}
      <p>{t("Hãy chụp màn hình hoặc chép hai mã này, trang này chỉ giữ đến khi đóng: mất mã thì chỉ còn cách mang thẻ đến điểm tiếp nhận. Không đưa mã bí mật cho người lạ. Không đến được thì hủy sớm để nhường chỗ cho bà con khác.", "Take a screenshot or write both down, this page keeps them only until it is closed: without them only the card, shown at the office, helps. Give the secret to no stranger. If you cannot come, cancel early so that somebody else can.")}</p>
      {documents.length > 0 ? (
        <>
          <h2>{t("Mang theo khi đến", "Bring along")}</h2>
          <ul lang={vietnamese}>{documents.map((one) => <li key={one}>{one}</li>)}</ul>
        </>
      ) : (
        <p>{t("Mang theo thẻ cũ hoặc giấy khai sinh nếu có.", "Bring the old card or the birth certificate, if there is one.")}</p>
      )}
      {details?.directions && <p class="soft" lang={vietnamese}>{details.directions}</p>}
      <div class="deeds">
        <a class="button quiet" href="/dat-lich">{t("Đặt lịch cho người khác", "Book for somebody else")}</a>
        <button type="button" class="quiet" onClick={wipe}>{t("Đã giữ mã, xóa khỏi máy này", "I have the codes, wipe them here")}</button>
      </div>
    </>
  );
}

/** Who booked without a verified phone says once more that they come, or the place is given away. */
export function spellKeep(until: string): string {
  return t(
    `Trong 24 giờ trước giờ hẹn, và chậm nhất ${spellTime(until)}, hãy mở lịch hẹn này và bấm “Tôi sẽ đến”. Nếu không, chỗ này nhường cho người khác.`,
    `Within 24 hours before the start, and by ${spellTime(until)} at the latest, open this appointment and press “I shall come”; else somebody else gets the place.`,
  );
}
