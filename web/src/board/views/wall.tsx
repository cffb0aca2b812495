/** A wall's view: a few boards one after another, in letters that are read from four metres; paused with a key. */
import { useEffect, useRef, useState } from "preact/hooks";

import { Dialog } from "../../dialog.tsx";
import { Loading, Trouble } from "../../kit.tsx";
import { hour, t } from "../../words.ts";
import { follow, streamed } from "../live.ts";
import { asked, type Board, board, isAnswered, key, lost } from "../state.ts";
import { Fresh } from "./fresh.tsx";
import { mayShow, pagesOf, rangeOf, type Slide, SLIDES } from "./slides.tsx";

const WAITS_S = [10, 15, 20, 30, 60];
const WAIT_S = 20;

interface Chosen {
  /** Seconds a slide stands. */
  wait: number;
  slides: Slide[];
}

function chosenOf(rest: string): Chosen {
  const words = new URLSearchParams(rest);
  const wait = Number(words.get("giay"));
  const names = words.get("bang")?.split(",");
  const slides = SLIDES.filter((slide) => mayShow(slide) && (!names || names.includes(slide.name)));
  return { wait: WAITS_S.includes(wait) ? wait : WAIT_S, slides: slides.length > 0 ? slides : SLIDES.filter(mayShow) };
}

function addressOf({ wait, slides }: Chosen): string {
  const all = SLIDES.filter(mayShow).length;
  const names = slides.length < all ? `&bang=${slides.map((slide) => slide.name).join(",")}` : "";
  return `#man-hinh?giay=${wait}${names}`;
}

/** Boards as they were told last: a slide that comes round shows something at once, also without a network. */
const kept = new Map<string, Board>();

const toldOf = (slide: Slide) => (slide.asked === asked.value && isAnswered() ? board.value : kept.get(JSON.stringify(slide.asked)));

/** Where a wall stops: a page of a slide. */
interface Stop {
  slide: Slide;
  page: number;
}

const stopsOf = (slides: Slide[]): Stop[] => slides.flatMap((slide) => Array.from({ length: pagesOf(slide, toldOf(slide)) }, (_, page) => ({ slide, page })));

export function Wall({ rest }: { rest: string }) {
  const chosen = chosenOf(rest);
  // By name: that a slide before it has more pages now moves nobody.
  const [shown, setShown] = useState<{ name: string; page: number }>();
  const [isPaused, pause] = useState(false);
  const [asks, ask] = useState(false);
  const stops = stopsOf(chosen.slides);
  const count = stops.length;
  const at = Math.max(0, stops.findIndex(({ slide, page }) => slide.name === shown?.name && page === shown.page));
  const { slide, page } = stops[at]!;
  const stopAt = (index: number) => setShown({ name: stops[index]!.slide.name, page: stops[index]!.page });
  const go = (by: number) => stopAt((at + by + count) % count);

  useEffect(() => {
    document.body.classList.add("walled");
    asked.value = slide.asked;
    const stop = follow();
    return () => {
      stop();
      kept.clear();
      document.body.classList.remove("walled");
    };
  }, []);
  useEffect(() => {
    if (slide.asked === asked.peek()) return;
    asked.value = slide.asked;
    board.value = kept.get(key.value);
  }, [slide]);
  useEffect(() => {
    if (board.value && isAnswered()) kept.set(key.value, board.value);
  }, [board.value]);
  useEffect(() => {
    if (isPaused || asks || count < 2) return undefined;
    const timer = setInterval(() => go(1), chosen.wait * 1000);
    return () => clearInterval(timer);
  }, [isPaused, asks, chosen.wait, count, slide, page]);
  useKeys({ go, toggle: () => pause((now) => !now), isOff: asks });

  return (
    <div class="wall-view">
      <h1 class="unseen">{t("Màn hình lớn", "Wall")}</h1>
      <section class="slide" aria-roledescription={t("trang chiếu", "slide")} aria-label={slide.title}>
        <header class="slide-head">
          <h2>{titleOf(stops[at]!)}</h2>
          <p>{board.value ? <Fresh as_of={board.value.as_of} why={lost.value} isLive={streamed.value} every={5} /> : lost.value === undefined ? null : hour(new Date())}</p>
        </header>
        {board.value ? <slide.show page={page} /> : lost.value === undefined ? <Loading /> : <Trouble why={lost.value} />}
      </section>
      <footer class="slide-foot">
        <ol class="dots" aria-label={t("Các bảng", "Boards")}>
          {stops.map((one, index) => <li key={`${one.slide.name} ${one.page}`}><button type="button" class="dot" aria-current={index === at ? "true" : undefined} aria-label={titleOf(one)} title={titleOf(one)} onClick={() => stopAt(index)} /></li>)}
        </ol>
        <div class="deeds">
          <button type="button" class="quiet small" onClick={() => go(-1)} aria-label={t("Bảng trước", "Board before")}>←</button>
          <button type="button" class="small" aria-pressed={isPaused} onClick={() => pause(!isPaused)}>{isPaused ? t("Chạy tiếp", "Go on") : t("Dừng", "Pause")}</button>
          <button type="button" class="quiet small" onClick={() => go(1)} aria-label={t("Bảng sau", "Next board")}>→</button>
          <button type="button" class="quiet small" onClick={() => ask(true)}>{t("Chọn bảng", "Choose")}</button>
          {document.fullscreenEnabled && <button type="button" class="quiet small" onClick={toggleFull}>{t("Toàn màn hình", "Full screen")}</button>}
          <a class="button quiet small" href="#">{t("Thoát", "Leave")}</a>
        </div>
        <p class="unseen" role="status">{isPaused ? t("Đã dừng", "Paused") : ""}</p>
      </footer>
      {asks && <Choose chosen={chosen} close={() => ask(false)} />}
    </div>
  );
}

/** `Xã, phường: kích hoạt mức 2, 25–48 trong 65`. */
function titleOf({ slide, page }: Stop): string {
  const told = toldOf(slide);
  return told && pagesOf(slide, told) > 1 ? `${slide.title}, ${rangeOf(page, told)}` : slide.title;
}

function toggleFull(): void {
  const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  // Who refuses it, as an embedded browser does, shows the wall as it is.
  done.catch(() => undefined);
}

/** Arrows go on and back, the space bar pauses, F fills the screen, Escape leaves. */
function useKeys({ go, toggle, isOff }: { go: (by: number) => void; toggle: () => void; isOff: boolean }) {
  const now = useRef({ go, toggle, isOff });
  now.current = { go, toggle, isOff };
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { go, toggle, isOff } = now.current;
      if (isOff || event.ctrlKey || event.metaKey || event.altKey) return;
      const isOnButton = event.target instanceof HTMLElement && event.target.closest("button, a") !== null;
      if (event.key === "ArrowRight") go(1);
      else if (event.key === "ArrowLeft") go(-1);
      else if (event.key === " " && !isOnButton) toggle();
      else if (event.key.toLowerCase() === "f") toggleFull();
      else if (event.key === "Escape" && !document.fullscreenElement) location.hash = "";
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

/** Which boards, and how long each: it stands in the address, so that a wall keeps it. */
function Choose({ chosen, close }: { chosen: Chosen; close: () => void }) {
  const [wait, setWait] = useState(chosen.wait);
  const [names, setNames] = useState(chosen.slides.map((slide) => slide.name));
  return (
    <Dialog title={t("Chọn bảng", "Choose boards")} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          location.hash = addressOf({ wait, slides: SLIDES.filter((slide) => names.includes(slide.name)) });
          close();
        }}
      >
        <fieldset>
          <legend>{t("Bảng", "Boards")}</legend>
          {SLIDES.filter(mayShow).map((slide) => (
            <label key={slide.name} class="check">
              <input type="checkbox" checked={names.includes(slide.name)} onChange={(event) => setNames(event.currentTarget.checked ? [...names, slide.name] : names.filter((name) => name !== slide.name))} />
              {slide.title}
            </label>
          ))}
        </fieldset>
        <div class="field">
          <label for="wait">{t("Mỗi bảng đứng", "Each stands")}</label>
          <select id="wait" value={String(wait)} onChange={(event) => setWait(Number(event.currentTarget.value))}>
            {WAITS_S.map((seconds) => <option key={seconds} value={String(seconds)}>{t(`${seconds} giây`, `${seconds} seconds`)}</option>)}
          </select>
        </div>
        <div class="deeds"><button disabled={names.length === 0}>{t("Chiếu", "Show them")}</button></div>
      </form>
    </Dialog>
  );
}
