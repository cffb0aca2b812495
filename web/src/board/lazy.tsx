/** Views that are fetched when they are first asked for: bundles of their own, whose one function shows them. */
import { useEffect, useRef, useState } from "preact/hooks";

import { Loading, Trouble } from "../kit.tsx";
import { type Me, me } from "../session.ts";
import { t } from "../words.ts";

/** Where they lie, with the hash of what lies there: written in when this is built. */
declare const REPORT_ADDRESS: string;
declare const VIEWS_ADDRESS: string;
declare const ADMIN_ADDRESS: string;
declare const WORK_ADDRESS: string;

interface Shows {
  show: (place: HTMLElement, who: Me, part?: string) => () => void;
}

export const Reports = () => <Fetched from={REPORT_ADDRESS} />;
/** Every board, trends, those that are closed, the day and the wall, by what stands behind the #. */
export const BoardViews = () => <Fetched from={VIEWS_ADDRESS} />;
/** The day in a few lines, within another view. */
export const Today = () => <Fetched from={VIEWS_ADDRESS} part="today" />;
export const Admin = () => <Fetched from={ADMIN_ADDRESS} />;
/** Drives, members and outreach, by what stands behind the #. */
export const GroundWork = () => <Fetched from={WORK_ADDRESS} />;

function Fetched({ from, part }: { from: string; part?: string }) {
  const place = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<{ why?: unknown; isThere?: true }>({});
  const [round, setRound] = useState(0);
  useEffect(() => {
    let gone = false;
    let away: (() => void) | undefined;
    // A browser remembers that a module failed; under another address it tries again.
    const address = round === 0 ? from : `${from}&again=${round}`;
    (import(/* @vite-ignore */ address) as Promise<Shows>).then(
      ({ show }) => {
        if (gone || !place.current || !me.value) return;
        setState({ isThere: true });
        away = show(place.current, me.value, part);
      },
      (why: unknown) => gone || setState({ why }),
    );
    return () => {
      gone = true;
      away?.();
    };
  }, [round]);
  return (
    <>
      {!state.isThere && (state.why === undefined ? <Loading /> : (
        <Trouble why={state.why}><button type="button" class="quiet small" onClick={() => { setState({}); setRound(round + 1); }}>{t("Thử lại", "Try again")}</button></Trouble>
      ))}
      <div ref={place} />
    </>
  );
}
