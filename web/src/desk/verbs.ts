/** Everything that can be done at a desk: one list for buttons, keys and the list of keys. */
import { signal } from "@preact/signals";

import { api, type Schemas, told } from "../api.ts";
import { t } from "../words.ts";
import { type Appointment, calledFor, deed, deskNo, mine, office, queue, type Ticket, undoable } from "./state.ts";
import type { ParkReason, Refusal, VisitResult } from "./tell.ts";

type TicketAct = Schemas["TicketAct"];

/** What is asked for before something is done. */
export type Question =
  | { kind: "finish" | "park" | "redirect" | "acts"; ticket: Ticket }
  | { kind: "issue"; idNumber?: string; moveHere?: boolean }
  | { kind: "ahead"; idNumber?: string | undefined }
  | { kind: "booking"; one: Appointment }
  | { kind: "keys" | "desk" };
export const question = signal<Question | undefined>(undefined);

/** Where somebody stands in the paths of the contract. */
function at(ticket: Ticket, key: string) {
  return { path: { office_id: ticket.office_id, ticket_id: ticket.ticket_id }, header: { "Idempotency-Key": key } };
}

function who(ticket: Ticket): string {
  return ticket.name ? `${ticket.number}, ${ticket.name}` : ticket.number;
}

export function callNext(): void {
  const [here, desk_no] = [office.value, deskNo.value];
  if (!here) return;
  if (desk_no === undefined) {
    question.value = { kind: "desk" };
    return;
  }
  void deed("desk", async (key) => {
    const params = { path: { office_id: here.office_id }, header: { "Idempotency-Key": key } };
    const body = { desk_no, service_codes: calledFor.value };
    const ticket = await told(api.POST("/api/v1/offices/{office_id}/desk/calls", { params, body }));
    return t(`Đã gọi ${who(ticket)} đến quầy ${desk_no}.`, `Called ${who(ticket)} to desk ${desk_no}.`);
  });
}

const DONE: Record<TicketAct, (one: string) => string> = {
  recall: (one) => t(`Đã gọi lại ${one}.`, `Called ${one} again.`),
  skip: (one) => t(`Đã bỏ qua ${one}: năm phút nữa mới gọi lại.`, `Skipped ${one} for five minutes.`),
  return: (one) => t(`${one} đã trở lại hàng đợi.`, `${one} is back in the queue.`),
  start: (one) => t(`Đang làm cho ${one}.`, `${one} is at the desk.`),
  no_show: (one) => t(`Đã ghi ${one} vắng mặt.`, `${one} is a no-show.`),
  leave: (one) => t(`Đã ghi ${one} ra về.`, `${one} has left.`),
  undo: (one) => t(`Đã hoàn tác: ${one} trở lại hàng đợi.`, `Taken back: ${one} waits again.`),
};

export function act(ticket: Ticket, act: TicketAct): Promise<boolean> {
  return deed("desk", async (key) => {
    const path = "/api/v1/offices/{office_id}/desk/tickets/{ticket_id}/acts";
    await told(api.POST(path, { params: at(ticket, key), body: { act } }));
    return DONE[act](who(ticket));
  });
}

export function park(ticket: Ticket, reason: ParkReason): Promise<boolean> {
  return deed("desk", async (key) => {
    const path = "/api/v1/offices/{office_id}/desk/tickets/{ticket_id}/park";
    await told(api.POST(path, { params: at(ticket, key), body: { reason } }));
    return t(`Đã tạm gác ${who(ticket)}.`, `Parked ${who(ticket)}.`);
  });
}

export function redirect(ticket: Ticket, body: Schemas["RedirectTicket"]): Promise<boolean> {
  return deed("desk", async (key) => {
    const path = "/api/v1/offices/{office_id}/desk/tickets/{ticket_id}/redirect";
    const there = await told(api.POST(path, { params: at(ticket, key), body }));
    return t(`Đã chuyển ${who(ticket)}; số phiếu bây giờ là ${there.number}.`, `Sent ${who(ticket)} on; the number is ${there.number} now.`);
  });
}

export function finish(ticket: Ticket, result: VisitResult, refused_for?: Refusal): Promise<boolean> {
  return deed("desk", async (key) => {
    const path = "/api/v1/offices/{office_id}/desk/tickets/{ticket_id}/finish";
    const done = await told(api.POST(path, { params: at(ticket, key), body: { result, refused_for } }));
    const counted = done.stage_recorded ? t(" Thôn đã được ghi nhận.", " It counts for the village.") : "";
    return t(`Đã xong ${who(ticket)}.${counted}`, `${who(ticket)} is done.${counted}`);
  });
}

/** A key of the desk, by its letter. */
export interface Verb {
  key: string;
  label: string;
  /** In red, for it loses somebody a turn. */
  grave?: boolean;
  /** It is the next step of an ordinary visit. */
  main?: boolean;
  can: () => boolean;
  run: () => void;
}

const state = () => mine.value?.state;
const withMine = (run: (ticket: Ticket) => void) => () => mine.value && run(mine.value);
const ask = (kind: "finish" | "park" | "redirect") => withMine((ticket) => (question.value = { kind, ticket }));

/** What is done with whoever stands or sits at this desk. */
export const OF_MINE: Verb[] = [
  { key: "n", label: t("Gọi người tiếp theo", "Call the next"), main: true, can: () => mine.value === undefined, run: callNext },
  { key: "b", label: t("Bắt đầu làm", "Start"), main: true, can: () => state() === "called", run: withMine((one) => void act(one, "start")) },
  { key: "x", label: t("Xong, ghi kết quả", "Finish"), main: true, can: () => state() === "serving", run: ask("finish") },
  { key: "g", label: t("Gọi lại", "Call again"), can: () => state() === "called", run: withMine((one) => void act(one, "recall")) },
  { key: "q", label: t("Bỏ qua", "Skip"), can: () => state() === "called", run: withMine((one) => void act(one, "skip")) },
  { key: "t", label: t("Tạm gác", "Park"), can: () => mine.value !== undefined, run: ask("park") },
  { key: "c", label: t("Chuyển", "Redirect"), can: () => mine.value !== undefined, run: ask("redirect") },
  {
    key: "v", label: t("Vắng mặt", "No-show"), grave: true, run: withMine((one) => void act(one, "no_show")),
    can: () => state() === "called" && (mine.value?.calls ?? 0) >= (queue.value?.rules.no_show_calls ?? 0),
  },
];

const byId = (id: string) => () => {
  const field = document.getElementById(id) as HTMLInputElement | null;
  field?.focus();
  field?.select();
};

/** What is done from anywhere on the page. */
export const ANYWHERE: Verb[] = [
  { key: "/", label: t("Ô quét mã, gõ mã, gõ tên", "The field for codes and names"), can: () => true, run: byId("door") },
  { key: "p", label: t("Phát phiếu cho người không hẹn", "A ticket for a walk-in"), can: () => office.value !== undefined, run: () => (question.value = { kind: "issue" }) },
  { key: "z", label: t("Hoàn tác lượt vừa kết thúc ở quầy này", "Take back what ended here last"), can: () => undoable.value !== undefined, run: () => undoable.value && void act(undoable.value, "undo") },
  { key: "?", label: t("Danh sách phím", "The list of keys"), can: () => true, run: () => (question.value = { kind: "keys" }) },
];
