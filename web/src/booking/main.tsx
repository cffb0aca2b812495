/**
 * Booking, for citizens: takes the place of the plain forms that the server has sent, on the same
 * addresses. Where this never runs, the forms stay and do the same.
 */
import { render } from "preact";

import "../kit.css";
import "./booking.css";
import { Book } from "./book.tsx";
import { Own } from "./own.tsx";
import { Join, Wait } from "./wait.tsx";
import { Outside } from "../inside.tsx";
import { language, speak, t } from "../words.ts";

const FACES = {
  "/dat-lich": Book,
  "/lich-hen": Own,
  "/cho": Wait,
  "/cho/vao": Join,
} as const;

const TITLES: Record<keyof typeof FACES, string> = {
  "/dat-lich": "Book",
  "/lich-hen": "My appointment",
  "/cho": "Waitlist",
  "/cho/vao": "Join the waitlist",
};

/** The other language, for those who do not read this one. */
function Speak() {
  const other = language === "vi" ? "en" : "vi";
  return (
    <button type="button" class="link" lang={other} onClick={() => speak(other)}>
      {other === "en" ? "English" : "Tiếng Việt"}
    </button>
  );
}

/** The frame around the view is the server's, and speaks Vietnamese. */
function translateFrame() {
  const words: [string, string][] = [
    ["header a[href='/dat-lich']", "Book"],
    ["header a[href='/bang']", "Leaderboard"],
    ["footer", "Officials never ask for an OTP, a password or a passcode of VNeID."],
  ];
  for (const [where, english] of words) document.querySelector(where)?.replaceChildren(english);
  document.title = `${TITLES[location.pathname as keyof typeof FACES]} · Tổ 06`;
}

const Face = FACES[location.pathname as keyof typeof FACES];
const main = document.querySelector("main");
if (Face && main) {
  main.replaceChildren();
  render(
    <>
      <Outside why={t("Đặt lịch được ngay ở đây; muốn in phiếu và giữ mã thì mở bằng trình duyệt của máy.", "You can book right here; to print the slip and keep the codes, open this in your own browser.")} />
      <Face />
    </>,
    main,
  );
  document.documentElement.lang = language;
  if (language === "en") translateFrame();
  const nav = document.querySelector("header nav");
  if (nav) {
    const place = document.createElement("span");
    nav.append(place);
    render(<Speak />, place);
  }
}
