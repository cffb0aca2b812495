/** How fresh what is shown is: told by itself, asked for, too old, or of a server that does not answer. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

import { Trouble } from "../../kit.tsx";
import { day, hour, t } from "../../words.ts";
import { ago, fullDay } from "./spell.ts";

/** From here on numbers that were live are said to be too old. */
const OLD_MS = 5 * 60_000;
const TICK_MS = 15_000;

interface Props {
  as_of: string;
  /** What went wrong since. */
  why?: unknown;
  /** Changes come by themselves; else it is asked for again. */
  isLive?: boolean;
  /** So many seconds after it was asked for last. */
  every?: number;
  /** The numbers were kept and do not move. */
  isKept?: boolean;
}

/** On paper nothing is live: there it says of when the numbers are. */
export function Fresh(props: Props) {
  return (
    <>
      <Line {...props} />
      <span class="on-paper">{t(`Số liệu lúc ${hour(props.as_of)} ngày ${fullDay(day(props.as_of))}`, `As of ${hour(props.as_of)}, ${fullDay(day(props.as_of))}`)}</span>
    </>
  );
}

function Line({ as_of, why, isLive, every = 30, isKept }: Props) {
  const [now, setNow] = useState(Date.now());
  const [heard, setHeard] = useState({ as_of, at: Date.now() });
  useEffect(() => setHeard({ as_of, at: Date.now() }), [as_of, why === undefined]);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  if (isKept) return <span class="line soft on-screen">{t(`Đã giữ lúc ${hour(as_of)}`, `Kept at ${hour(as_of)}`)}</span>;
  if (why === undefined) return <span class={`line on-screen ${isLive ? "good" : "soft"}`}>{isLive ? t("Trực tuyến", "Live") : t(`Cập nhật mỗi ${every} giây`, `Every ${every} seconds`)}, {hour(as_of)}</span>;
  const said = navigator.onLine ? t("Mất liên lạc với máy chủ", "Server not answering") : t("Máy không có mạng", "No network");
  // By when it was heard: this machine's clock may be another than the server's.
  const isOld = now - heard.at >= OLD_MS;
  return (
    <span class="line lost on-screen" role="alert">
      {said}, {isOld ? t(`số liệu đã cũ: ${hour(as_of)}, ${ago(heard.at, now)}`, `too old: ${hour(as_of)}, ${ago(heard.at, now)}`) : t(`số liệu lúc ${hour(as_of)}`, `as of ${hour(as_of)}`)}
    </span>
  );
}

/** What went wrong, and the way to try again. */
export function Failed({ why, again, children }: { why: unknown; again: () => void; children?: ComponentChildren }) {
  return (
    <Trouble why={why}>
      {children}
      <button type="button" class="quiet small" onClick={again}>{t("Thử lại", "Try again")}</button>
    </Trouble>
  );
}
