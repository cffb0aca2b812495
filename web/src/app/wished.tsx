/** What became of an appointment that was asked for without a network: the slip, or why there is none and what to do. */
import { useEffect } from "preact/hooks";

import type { Schemas } from "../api.ts";
import { t } from "../words.ts";
import { pulledAsOf } from "./pull.ts";
import { SlipCard } from "./slip.tsx";
import { keepSlips, lookUp, slips } from "./slips.ts";

type Requested = Schemas["RequestedAppointment"];

export function Wished({ wished }: { wished: Requested }) {
  const { booked } = wished;
  const id = booked?.appointment_id;
  useEffect(() => {
    // What lies here may be older than the office's last change; without a network it is all there is.
    if (booked && id) void lookUp(booked).then((slip) => keepSlips({ [id]: slip })).catch(() => undefined);
  }, [id]);
  if (booked) {
    const known = slips.value[booked.appointment_id];
    const isNewer = known !== undefined && known.told_at > (pulledAsOf.value ?? "");
    return <SlipCard slip={{ ...known, ...booked, ...(isNewer && known) }} />;
  }
  return <p>{words(wished)}</p>;
}

function words({ state, answer }: Requested): string {
  if (state === "open") return t("Chưa có chỗ trống; máy chủ vẫn tìm mỗi lần máy đồng bộ, tối đa 30 ngày.", "No place is free yet; the server looks again at every sync, for 30 days at most.");
  if (state === "booked") return t("Đã đặt được. Mã hẹn nay hỏi ở điểm tiếp nhận.", "It is booked. Ask the office for the codes.");
  if (state === "withdrawn") return t("Bạn đã rút yêu cầu này trước khi có chỗ.", "You took this request back before there was a place.");
  if (state === "lapsed") return t("Không có chỗ nào trống đến ngày muộn nhất đã chọn. Hãy hỏi lại người dân, rồi yêu cầu lại với ngày xa hơn hoặc chọn giờ khi có mạng.", "No place was free until the last day that suits. Ask them again, then ask for a later day, or choose an hour with a network.");
  return ANSWERS[answer ?? ""] ?? t("Máy chủ không đặt được. Hãy chọn giờ khi có mạng, hoặc hỏi điểm tiếp nhận.", "The server could not book it. Choose an hour with a network, or ask the office.");
}

const ANSWERS: Record<string, string> = {
  ALREADY_BOOKED: t("Người này đã có lịch hẹn cho thủ tục này. Mất mã thì quét thẻ của họ ở mục “Hẹn đã có” để cấp lại, đổi giờ hoặc hủy.", "They have an appointment for this service already. If the codes are lost, scan their card under “Existing appointments” to issue new ones, move it or void it."),
  NO_PLACE: t("Không có chỗ nào trống trong những ngày đã chọn. Hãy yêu cầu lại với ngày khác, hoặc chọn giờ khi có mạng.", "No place is free on the days that suit. Ask again for other days, or choose an hour with a network."),
  OFFICE_UNKNOWN: t("Điểm tiếp nhận đã chọn không còn nhận hẹn. Hãy yêu cầu lại ở điểm khác.", "The chosen office takes no appointments any more. Ask again for another one."),
  SERVICE_UNKNOWN: t("Thủ tục này không nhận đặt hẹn nữa. Hãy chọn thủ tục khác.", "This service takes no appointments any more. Choose another one."),
};
