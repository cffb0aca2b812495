/** The few pieces of which every view is made. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { Refused, type Schemas, serverNow } from "./api.ts";
import { t } from "./words.ts";

type NearSlot = Schemas["NearSlot"];

interface FieldProps {
  id: string;
  label: string;
  value: string;
  typed: (value: string) => void;
  /** What is wrong with it, as a sentence that says what to do. */
  fault?: string | undefined;
  /** What to know before typing, or what was understood of it. */
  hint?: ComponentChildren;
  type?: "text" | "tel" | "date" | "time" | "number" | "password";
  inputMode?: "numeric" | "tel";
  autocomplete?: string;
  autocapitalize?: "characters";
  maxLength?: number;
  min?: string;
  max?: string;
  required?: boolean;
}

/** A labelled line of text whose fault is read out with it. */
export function Field({ label, fault, hint, typed, type = "text", ...rest }: FieldProps) {
  const about = `${rest.id}-about`;
  return (
    <div class="field">
      <label for={rest.id}>{label}</label>
      <input
        {...rest}
        type={type as "text"}
        aria-invalid={fault !== undefined}
        aria-describedby={about}
        onInput={(event) => typed(event.currentTarget.value)}
      />
      <p id={about} class={fault ? "fault" : "soft"}>{fault ?? hint}</p>
    </div>
  );
}

interface ChoiceProps {
  id: string;
  label: string;
  value: string;
  chosen: (value: string) => void;
  fault?: string | undefined;
  children: ComponentChildren;
}

export function Choice({ id, label, value, chosen, fault, children }: ChoiceProps) {
  const about = `${id}-about`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} aria-invalid={fault !== undefined} aria-describedby={fault ? about : undefined} onChange={(event) => chosen(event.currentTarget.value)}>
        {children}
      </select>
      {fault && <p id={about} class="fault">{fault}</p>}
    </div>
  );
}

/** What went wrong, in the server's words, or that nobody knows; and asking `again` where that may help. */
export function Trouble({ why, again, children }: { why: unknown; again?: (() => void) | undefined; children?: ComponentChildren }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), [why]);
  if (why === undefined) return null;
  const problem = why instanceof Refused ? why.problem : undefined;
  const offline = !problem && !navigator.onLine;
  const mayPass = !(why instanceof Refused) || why.retryAfterS !== undefined;
  return (
    <div class="notice" role="alert" tabIndex={-1} ref={place}>
      <p>
        <strong>
          {problem?.title ??
            (offline
              ? t("Máy đang không có mạng.", "This phone is offline.")
              : t("Chưa nhận được trả lời của máy chủ.", "The server has not answered."))}
        </strong>{" "}
        {problem ? problem.detail : offline ? t("Hãy bật Wi-Fi hoặc dữ liệu di động.", "Turn on Wi-Fi or mobile data.") : t("Hãy thử lại sau ít phút.", "Try again in a few minutes.")}
      </p>
      {problem?.errors && problem.errors.length > 0 && (
        <ul>{problem.errors.map((error) => <li key={error.pointer + error.code}>{error.message}</li>)}</ul>
      )}
      {children}
      {again && mayPass && <p><button type="button" class="quiet" onClick={again}>{t("Thử lại", "Try again")}</button></p>}
    </div>
  );
}

/** The sentence about one field of a refused request. */
export function faultAt(why: unknown, pointer: string): string | undefined {
  if (!(why instanceof Refused)) return undefined;
  return why.problem.errors?.find((error) => error.pointer === pointer)?.message;
}

/** The free slots that a refusal names beside a full one. */
export function alternativesOf(why: unknown): NearSlot[] {
  if (!(why instanceof Refused)) return [];
  const more = (why.problem as { alternatives?: NearSlot[] }).alternatives;
  return Array.isArray(more) ? more : [];
}

/** Seconds until then, counted down; 0 when it is over. */
export function useSecondsUntil(at: string | undefined): number {
  const left = () => (at === undefined ? 0 : Math.max(0, (Date.parse(at) - serverNow()) / 1000));
  const [seconds, show] = useState(left);
  useEffect(() => {
    show(left());
    const timer = setInterval(() => show(left()), 500);
    return () => clearInterval(timer);
  }, [at]);
  return seconds;
}

/** Does one thing at a time, and remembers what went wrong with it. */
export function useDeed(): { busy: boolean; why: unknown; forget: () => void; run: (deed: () => Promise<void>) => Promise<void> } {
  const [busy, setBusy] = useState(false);
  const [why, setWhy] = useState<unknown>(undefined);
  const run = async (deed: () => Promise<void>) => {
    if (busy) return;
    setBusy(true);
    setWhy(undefined);
    try {
      await deed();
    } catch (error) {
      setWhy(error);
    } finally {
      setBusy(false);
    }
  };
  return { busy, why, forget: () => setWhy(undefined), run };
}

/** The heading of a view, which is read out when the view changes. */
export function Heading({ children }: { children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, []);
  return <h1 tabIndex={-1} ref={heading}>{children}</h1>;
}

/** A whole line of waiting. */
export function Loading() {
  return <p class="soft loading" role="status">{t("Đang tải…", "Loading…")}</p>;
}
