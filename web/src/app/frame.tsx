/** What is around every view: where one is, how the phone stands with the server, what everybody must know. */
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";

import { host } from "../host.ts";
import { language, speak, t } from "../words.ts";
import { Later, Piece } from "./later.tsx";
import { Notices } from "./notices.tsx";
import { saved, waitingCount } from "./outbox.ts";
import { Record } from "./record.tsx";
import { type Place, place, said } from "./route.ts";
import { mayRecord, standing } from "./session.ts";
import { SignIn, Wiped } from "./sign-in.tsx";
import { Status } from "./status.tsx";
import { Todo } from "./todo.tsx";

/** This browser cannot keep anything safely. */
export const blocked = signal(false);

const VIEWS: { [P in Place]: () => ComponentChildren } = {
  "/": Todo,
  "/ghi": Record,
  "/so": () => <Later view="Ledger" />,
  "/toi": () => <Later view="Mine" />,
  "/dat-hen": () => <Later view="Appointment" />,
  "/tuyen-truyen": () => <Later view="Activity" />,
  "/nho": () => <Later view="Asks" />,
  "/the": () => <Later view="Badge" />,
  "/chien-dich": () => <Later view="Campaigns" />,
  "/huong-dan": () => <Later view="Help" />,
  "/the-hen": () => <Later view="ByCard" />,
  "/quyen": () => <Later view="Rights" />,
  "/bao-sai": () => <Later view="WrongData" />,
};

/** Under which of them the other views lie. */
const UNDER: Partial<Record<Place, Place>> = { "/dat-hen": "/ghi", "/the-hen": "/ghi", "/tuyen-truyen": "/ghi", "/nho": "/toi", "/the": "/toi", "/chien-dich": "/toi", "/huong-dan": "/toi", "/quyen": "/toi", "/bao-sai": "/toi" };

const TABS: { at: Place; label: string; icon: string }[] = [
  { at: "/", label: t("Việc", "To do"), icon: "M4 6h2M4 12h2M4 18h2M10 6h10M10 12h10M10 18h10" },
  { at: "/ghi", label: t("Ghi", "Record"), icon: "M12 5v14M5 12h14" },
  { at: "/so", label: t("Sổ", "Ledger"), icon: "M6 3h12v18H6zM9 8h6M9 12h6M9 16h4" },
  { at: "/toi", label: t("Tôi", "Me"), icon: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 4-6 8-6s8 2 8 6" },
];

function Icon({ path }: { path: string }) {
  return (
    <svg viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

function Tabs() {
  return (
    <nav class="places" aria-label={t("Các phần của ứng dụng", "Parts of the app")}>
      {TABS.map(({ at, label, icon }) => (
        <a key={at} href={`#${at}`} aria-current={place.value === at ? "page" : UNDER[place.value] === at ? "true" : undefined}>
          <Icon path={icon} />
          {label}
          {at === "/so" && waitingCount.value > 0 && <span class="count" aria-hidden="true">{waitingCount.value > 99 ? "99+" : waitingCount.value}</span>}
        </a>
      ))}
    </nav>
  );
}

function View() {
  const here = place.value;
  if (blocked.value) return <Blocked />;
  if (standing.value === "starting") return <p class="soft loading" role="status">{t("Đang mở…", "Opening…")}</p>;
  if (standing.value === "wiped") return <Wiped />;
  if (standing.value === "out") return <SignIn />;
  if (standing.value === "password") return <Later view="NewPassword" />;
  if (!mayRecord()) return <Later view="Foreign" />;
  const Shown = VIEWS[here];
  return <Shown key={here} />;
}

function Blocked() {
  return (
    <>
      <h1>{t("Chưa mở được ở đây", "This cannot be opened here")}</h1>
      <p>{t("Trình duyệt này không giữ được dữ liệu an toàn (mở trong Zalo, Facebook, cửa sổ ẩn danh, hoặc địa chỉ không phải https). Hãy chép địa chỉ này và mở bằng Chrome hoặc Safari.", "This browser keeps nothing safely (inside Zalo or Facebook, a private window, or an address without https). Copy the address and open it in Chrome or Safari.")}</p>
      {host() && <Piece view="Outside" given={{ why: t("Hãy mở bằng Chrome hoặc Safari.", "Open this in Chrome or Safari.") }} />}
      <p class="address">{location.origin}/app</p>
    </>
  );
}

export function App() {
  const isIn = (standing.value === "in" || standing.value === "ended") && !blocked.value;
  // Whoever has another role by now still sees what they recorded come to its end.
  const isAtWork = isIn && (mayRecord() || saved.value.length > 0);
  const other = language === "vi" ? "en" : "vi";
  return (
    <>
      <header class="top">
        <a href="/app">Tổ 06</a>
        {isAtWork ? <Status /> : (
          <button type="button" class="link" lang={other} onClick={() => speak(other)}>{other === "en" ? "English" : "Tiếng Việt"}</button>
        )}
      </header>
      {isIn && mayRecord() && <Tabs />}
      <main>
        {isAtWork && <Notices />}
        <div role="status">{said.value?.at === place.value && <p class="said">{said.value.words}</p>}</div>
        <View />
      </main>
      <footer>{t("Không bao giờ hỏi, nghe hay ghi mã OTP, mật khẩu, mã khóa VNeID của người dân.", "Never ask for, listen to or write down anybody's OTP, password or VNeID passcode.")}</footer>
    </>
  );
}
