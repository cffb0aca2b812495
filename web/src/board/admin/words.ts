/** The words of the board, each in a sentence or two: what is meant, by which rule, and what it is not. */
import { t } from "../../words.ts";

export interface Word {
  word: string;
  says: string;
}

export const CHAPTERS: { title: string; words: Word[] }[] = [
  {
    title: t("Các bước của một người", "The steps of a person"),
    words: [
      { word: t("Năm bước", "Five steps"), says: t("Đã cài VNeID, kích hoạt mức 1, đã thu nhận hồ sơ mức 2, mức 2 đã duyệt, kích hoạt mức 2. Mỗi bước là một việc có ngày và được đếm riêng; hồ sơ đã thu nhận không bao giờ tính là kích hoạt. Có thể lên mức 2 mà chưa từng có mức 1.", "VNeID installed, level 1 active, level-2 dossier collected, level 2 approved, level 2 active. Each is a dated act and counted by itself; a collected dossier is never an activation. Level 2 may come without level 1.") },
      { word: t("Bảy ngày", "Seven days"), says: t("Sau khi mức 2 được duyệt, công dân có bảy ngày để kích hoạt trên điện thoại; quá hạn chỉ còn cách gọi 1900.0368.", "After level 2 is approved it is to be activated within seven days; after that only the hotline 1900.0368 helps.") },
      { word: t("Lượt vận động", "Visit"), says: t("Đến nhà mà chưa xong (không có điện thoại thông minh, đi vắng, SIM không chính chủ…) vẫn là việc thật và được ghi, nhưng không tính vào số người.", "Coming to a house without success is honest work too: it is recorded, and counts no person.") },
    ],
  },
  {
    title: t("Con số nào được tính", "What counts"),
    words: [
      { word: t("Được công nhận", "Recognised"), says: t("Máy chủ đã nhận và tính cho thôn ấy. Mỗi người mỗi bước chỉ tính một lần trong cả tỉnh, theo lần làm sớm nhất, dù bao nhiêu người cùng ghi.", "Taken by the server and counted there. A person counts once per step in the whole province, by the earliest act, however many recorded it.") },
      { word: t("Đã xác nhận", "Confirmed"), says: t("Trong số được công nhận, phần đã có nguồn thứ hai: làm tại điểm tiếp nhận, khớp danh sách công an, hoặc công dân trả lời cuộc gọi lại.", "Of what is recognised, the part with a second source: served at an office, matched by a police list, or told by the citizen in a call-back.") },
      { word: t("Chờ duyệt", "Held"), says: t("Máy chủ không tự quyết được (thôn ngoài địa bàn, giờ ở tương lai, máy đã báo mất…). Chưa tính cho đến khi trưởng nhóm duyệt; 30 ngày không duyệt thì nội dung bị xóa.", "The server could not decide alone (a village elsewhere, a time to come, a lost phone). It does not count until a lead decides; after 30 days its words are deleted.") },
      { word: t("Ghi trùng, hỗ trợ", "Assist"), says: t("Đoàn, hội khác cũng ghi cùng một việc: bản ghi được giữ để thấy công sức, không cộng thêm vào số của thôn.", "Another union recorded the same act: kept to show the effort, never added to the village's number.") },
      { word: t("Không để lại tên", "Without a name"), says: t("Công dân không đồng ý lưu thông tin thì chỉ đếm một người, không tên, không xếp hạng.", "Who did not agree to be kept is one anonymous count, never ranked.") },
      { word: t("Máy của người giúp", "A helper's phone"), says: t("Cài trên máy của người khác không phải là thành công của công dân: được ghi, đánh dấu, không tính.", "On somebody else's phone it is no success of the citizen: kept, marked, not counted.") },
      { word: t("Đến muộn", "Late share"), says: t("Phần việc về máy chủ hơn ba ngày sau khi làm, thường vì không có sóng. Số vẫn tính vào ngày làm; tỷ lệ cao nghĩa là số của những ngày gần đây còn tăng.", "What came more than three days after it was done, mostly without a signal. It counts for the day of the act; a high share means that recent days will still grow.") },
    ],
  },
  {
    title: t("Xếp hạng", "Ranks"),
    words: [
      { word: t("Tỷ lệ và mẫu số", "Rate and what it counts"), says: t("Số người so với chỉ tiêu; chỉ tiêu luôn ghi là phần của số được giao, số đủ điều kiện hay số hồ sơ được duyệt. Không có chỉ tiêu, hoặc chỉ tiêu dưới 30 người, thì có trong bảng mà không xếp hạng.", "People against the target, which always says whether it counts those assigned, eligible or approved. A unit without one, or with fewer than 30, is on the board and not ranked.") },
      { word: t("Vượt 100 %, xem lại chỉ tiêu", "More than 100 %, look at the target"), says: t("Bình thường, nhưng xếp như 100 %: ai đạt trước đứng trước. Nên xem chỉ tiêu có thấp, nhầm bước hay dựa trên số cũ không.", "Normal, and ranked as 100 %: who reached it first stands first. The target may be too low, of another step, or of old numbers.") },
      { word: t("Cùng hạng", "Ties"), says: t("Bằng nhau thì cùng một hạng: 1, 2, 2, 4.", "Equals share a rank: 1, 2, 2, 4.") },
      { word: t("Nhóm (cùng cỡ chỉ tiêu)", "League"), says: t("Bốn nhóm theo cỡ chỉ tiêu, nhóm 1 lớn nhất, tính theo ngày đầu của kỳ: xã nhỏ không phải so với phường lớn.", "Four groups by size of target, 1 with the largest, as of the first day of the window: small communes need not be compared with large wards.") },
      { word: t("Đà và ngày dự kiến", "Pace and forecast"), says: t("Số người mỗi ngày trong khoảng thời gian đang xem, và ngày đạt chỉ tiêu nếu cứ giữ đà ấy. Bỏ trống khi đã đạt, không có ai, hoặc hơn mười năm.", "People a day in the window, and the day on which the target is reached at that pace. Empty where it is reached, nobody comes, or it takes over ten years.") },
      { word: t("Nhóm đủ 10 người", "Tens"), says: t("Đơn vị khác và công chúng chỉ thấy số theo từng nhóm đủ mười người, để không con số nào chỉ ra được một người.", "Other units and the public are told whole groups of ten people only, so that no number points at a person.") },
      { word: t("Chốt bảng", "Closed boards"), says: t("Bảng của ngày, tuần, tháng đã qua được chốt và không đổi nữa; phần đến muộn chỉ vào bằng bản bổ sung có số và lý do.", "Boards of days, weeks and months gone by are closed and stay; what came late enters by a numbered revision with a reason.") },
    ],
  },
  {
    title: t("Tin được đến đâu", "How far it can be trusted"),
    words: [
      { word: t("Xếp loại A, B, C, –", "Grades A, B, C, –"), says: t("Từ các cuộc gọi lại ngẫu nhiên trong tám tuần: bao nhiêu công dân xác nhận điều đã ghi. Dấu – là chưa đủ người trả lời, không phải là xấu.", "From random call-backs of eight weeks: how many citizens confirmed what was recorded. – means too few answers, not bad ones.") },
      { word: t("Dấu hiệu cần hỏi lại", "Signals"), says: t("Điều lạ mà chương trình thấy (nhiều người trong một giây, một số điện thoại cho nhiều người…). Không phải kết luận và không đổi con số nào; làm khuya hay làm nhiều không phải dấu hiệu.", "Something odd that the program saw. It is no verdict and changes no number; working late or much is none.") },
      { word: t("Chưa gửi", "Unsent"), says: t("Số bản ghi còn nằm trên điện thoại theo lần báo cuối. Đơn vị còn nhiều thì chưa vội kết luận là chậm.", "What waited on phones when they told last. A unit with many is not to be called slow yet.") },
    ],
  },
];
