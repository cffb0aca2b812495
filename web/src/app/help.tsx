/** How to work with the app, in the words of somebody who stands beside one. It lies on the phone like every other view. */
import type { ComponentChildren } from "preact";

import { Heading } from "../kit.tsx";
import { t } from "../words.ts";
import { TAKE_BACK_HOURS } from "./lines.ts";
import { stageName, STATES } from "./terms.ts";

function About({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <details>
      <summary>{title}</summary>
      <div class="told">{children}</div>
    </details>
  );
}

export function Help() {
  return (
    <>
      <Heading>{t("Hướng dẫn", "Help")}</Heading>
      <div class="notice">
        <p><strong>{t("Đề phòng lừa đảo.", "Beware of fraud.")}</strong> {t("Không bao giờ hỏi, nghe hay ghi mã OTP, mật khẩu, mã khóa VNeID; không chụp ảnh thẻ; không cầm máy của người dân đi chỗ khác. Người dân tự bấm, mình chỉ chỉ tay. Ai nghi ngờ thì mời họ gõ sáu số trên thẻ của bạn ở trang xác minh.", "Never ask for, listen to or write down an OTP, a password or a VNeID passcode; take no picture of a card; carry nobody's phone away. They press, you point. Whoever doubts you types the six digits of your badge.")}</p>
        <p><a href="#/the">{t("Mở thẻ của tôi", "Open my badge")}</a></p>
      </div>
      <About title={t("Một lượt vào nhà", "One visit")}>
        <ol>
          <li>{t("Ở phần Việc, chạm vào tên người dân. Chưa có trong danh sách thì vào phần Ghi, quét mã QR trên thẻ hoặc nhập số định danh.", "Under To do, tap the person. If they are not listed, go to Record and scan the card's QR code or enter the ID number.")}</li>
          <li>{t("Chạm vào việc vừa làm được. Chưa xong cũng là việc: chọn “Chưa xong” và lý do.", "Tap what was done. Not done yet is work too: choose why.")}</li>
          <li>{t("Đọc lời giải thích cho người dân, hỏi họ có đồng ý không, rồi lưu. Không đồng ý thì lưu không tên.", "Read them the explanation, ask whether they agree, and save. If they do not, save nameless.")}</li>
        </ol>
      </About>
      <About title={t("Năm bước, năm con số", "Five stages, five counts")}>
        <ul>
          <li><strong>{stageName("installed")}</strong>: {t("ứng dụng đã có trên máy của họ.", "the app is on their phone.")}</li>
          <li><strong>{stageName("level1_activated")}</strong>: {t("đăng nhập được bằng số định danh và số điện thoại.", "they sign in with ID and phone number.")}</li>
          <li><strong>{stageName("level2_collected")}</strong>: {t("công an lấy ảnh và vân tay, phải đến tận nơi. Chưa phải là kích hoạt.", "the police took photo and fingerprints, in person. It is no activation yet.")}</li>
          <li><strong>{stageName("level2_approved")}</strong>: {t("có tin nhắn phê duyệt. Kích hoạt trong 7 ngày; quá hạn thì gọi 1900.0368.", "the approval came by SMS. Activate within 7 days; after that call 1900.0368.")}</li>
          <li><strong>{stageName("level2_activated")}</strong>: {t("người dân tự kích hoạt trên máy của mình. Làm trên máy của người giúp thì không tính.", "they activate it on their own phone. A helper's phone does not count.")}</li>
        </ul>
      </About>
      <About title={t("Ba con số trong sổ", "The three numbers of the ledger")}>
        <p><strong>{t("Đã công nhận", "Recognised")}</strong>: {t(`máy chủ đã nhận. “${STATES.merged}” cũng nằm ở đây: không ai bị đếm hai lần, công của bạn được giữ là hỗ trợ.`, `the server has it. “${STATES.merged}” is among them: nobody is counted twice, and your work is kept as an assist.`)}</p>
        <p><strong>{t("Chờ gửi", "To send")}</strong>: {t("còn nằm trên máy, tự gửi khi có mạng.", "on this phone still; it is sent by itself.")}</p>
        <p><strong>{t("Cần xem lại", "To look at")}</strong>: {t("trưởng nhóm phải xem, hoặc bị từ chối; bấm vào từng dòng để biết vì sao và làm gì tiếp.", "your lead must look, or it was refused; tap a line to read why and what to do.")}</p>
      </About>
      <About title={t("Không có mạng, máy tắt, máy đầy", "No network, phone off, phone full")}>
        <p>{t("Cứ làm bình thường, nhiều ngày cũng được. Việc đã lưu và phần đang nhập dở nằm trên máy qua mọi lần đóng, khởi động lại, cập nhật. Máy đầy thì ứng dụng nói ngay: xóa bớt ảnh rồi bấm lưu lại.", "Work as usual, for days. What was saved, and what was half typed, outlives closing, restarting and updates. A full phone says so at once: delete some photos and save again.")}</p>
        <p>{t("Chấm màu cạnh dòng đầu trang cho biết đã gửi hết chưa. Bấm vào đó để gửi ngay.", "The dot at the top tells whether everything was sent. Tap it to send now.")}</p>
      </About>
      <About title={t("Ghi nhầm thì sao?", "A mistake?")}>
        <p>{t(`Trong ${TAKE_BACK_HOURS} giờ: vào Sổ, chạm vào dòng đó, chọn “Ghi nhầm”. Sau đó nhờ trưởng nhóm. Không bản ghi nào bị xóa mất dấu.`, `Within ${TAKE_BACK_HOURS} hours: open the ledger, tap the line, take it back. After that ask your lead. Nothing vanishes without a trace.`)}</p>
      </About>
      <About title={t("Người dân muốn đặt hẹn, hoặc đã có hẹn", "They want an appointment, or have one")}>
        <p><a href="#/dat-hen">{t("Đặt hẹn hộ", "Book for somebody")}</a>: {t("có mạng thì chọn giờ và đưa phiếu ngay; không có mạng thì gửi yêu cầu, có mạng là máy chủ giữ chỗ gần nhất.", "with a network choose an hour and hand the slip over; without one send a request, and the nearest place is booked as soon as there is one.")}</p>
        <p><a href="#/the-hen">{t("Hẹn đã có", "Existing appointments")}</a>: {t("cầm thẻ của họ, quét, rồi cấp lại mã, đổi giờ, hoặc hủy hẹn không phải do họ đặt.", "take their card and scan it, then issue new codes, move it, or void what they did not make.")}</p>
      </About>
      <About title={t("Người dân hỏi về dữ liệu của họ", "They ask about their data")}>
        <p><a href="#/quyen">{t("Yêu cầu về dữ liệu cá nhân", "Requests about personal data")}</a>: {t("ai cũng được xem, sửa, xóa, rút lại sự đồng ý. Ghi nhận tại chỗ và đọc cho họ ngày được trả lời.", "everybody may see, correct, erase and take their consent back. Receive it there and then, and read out the day of the answer.")}</p>
        <p><a href="#/bao-sai">{t("Báo dữ liệu công an sai", "Report wrong police data")}</a>: {t("số điện thoại, ngày sinh, họ tên của công an không đúng thì không kích hoạt được; báo để công an xã sửa.", "with a wrong phone number, birth date or name at the police, activation fails; report it so that it is put right.")}</p>
      </About>
      <About title={t("Máy này giữ gì về người dân?", "What does this phone keep of people?")}>
        <p>{t("Tên, năm sinh và bốn số cuối trong danh sách thôn, mã hóa trên máy. Số định danh được niêm phong ngay khi quét hay nhập xong: cả máy này cũng không đọc lại được. Đăng xuất thì tên và danh sách bị xóa.", "Names, birth years and the last four digits of the village's list, encrypted. An ID number is sealed as soon as it is scanned or typed: not even this phone reads it back. Signing out removes names and lists.")}</p>
      </About>
      <p class="after"><a href="#/toi">{t("Về trang của tôi", "Back to my page")}</a></p>
    </>
  );
}
