/** What was booked: code and secret, to print, to copy, to put into a calendar. */
import { useState } from "preact/hooks";

import { Heading } from "../kit.tsx";
import { spellTime, t } from "../words.ts";

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

/** The server's printable slip, asked for by a form: the key is in no address. */
export function PrintSlip({ code, secret }: { code: string; secret: string }) {
  return (
    <form method="post" action="/lich-hen/phieu" class="inline">
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

export function Booked({ slips }: { slips: Slip[] }) {
  return (
    <>
      <Heading>{t("Đã đặt lịch", "Booked")}</Heading>
      {slips.map((slip) => (
        <section key={slip.code} class="held">
          <p class="when">{spellTime(slip.startsAt)}</p>
          <p><strong>{slip.name}</strong><br />{slip.officeName}<br /><span class="soft">{slip.address}</span></p>
          <dl class="keys">
            <div><dt>{t("Mã lịch hẹn", "Code")}</dt><dd class="code">{slip.code}</dd></div>
            <div><dt>{t("Mã bí mật, để đổi hoặc hủy", "Secret, to move or cancel")}</dt><dd class="code">{slip.secret}</dd></div>
          </dl>
          <div class="deeds">
            <PrintSlip code={slip.code} secret={slip.secret} />
            <CopyLink code={slip.code} secret={slip.secret} />
          </div>
        </section>
      ))}
      <p>{t("Hãy chụp màn hình hoặc chép hai mã này. Mang theo thẻ cũ hoặc giấy khai sinh nếu có. Không đến được thì hủy sớm để nhường chỗ cho bà con khác.", "Take a screenshot or write both down. If you cannot come, cancel early so that somebody else can.")}</p>
      <p><a href="/lich-hen">{t("Xem, đổi hoặc hủy lịch hẹn", "See, move or cancel")}</a></p>
    </>
  );
}
