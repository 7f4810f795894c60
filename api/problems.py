"""Every refusal as the caller reads it: status, and words in Vietnamese and English, by code."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """HTTP status and the two titles."""

    status: int
    vi: str
    en: str


PROBLEMS: dict[str, Problem] = {
    # who asks
    "key_missing": Problem(401, "Thiếu khóa truy cập, hoặc khóa không còn hiệu lực.", "No valid key was shown."),
    "not_allowed": Problem(403, "Khóa này không có quyền làm việc đó.", "This key does not carry the right."),
    # what was asked
    "request_invalid": Problem(422, "Yêu cầu có chỗ không hợp lệ.", "Something in the request is not valid."),
    "not_found": Problem(404, "Không có địa chỉ này.", "There is nothing at this address."),
    "method_not_allowed": Problem(405, "Địa chỉ này không nhận cách gọi đó.", "This address does not take that method."),
    "body_too_large": Problem(413, "Nội dung gửi lên quá lớn.", "What was sent is too large."),
    "unsupported_media_type": Problem(415, "Kiểu nội dung không được hỗ trợ.", "This content type is not supported."),
    "idempotency_key_reused": Problem(
        422, "Khóa Idempotency-Key này đã dùng cho yêu cầu khác.", "This Idempotency-Key came with another request before."
    ),
    # places and speakers
    "area_unknown": Problem(404, "Không có địa bàn này.", "There is no such area."),
    "area_too_deep": Problem(422, "Cây địa bàn quá sâu (tối đa 16 cấp).", "The tree of areas is too deep (16 levels at most)."),
    "area_full": Problem(422, "Địa bàn đã hết số cho loa.", "This area has given out all its numbers."),
    "device_unknown": Problem(404, "Không có loa này.", "There is no such speaker."),
    "device_taken": Problem(409, "Mã loa này đã được đăng ký.", "A speaker with this id is registered already."),
    "public_key_invalid": Problem(
        422, "Khóa công khai không phải Ed25519 (PEM hoặc 43 ký tự base64url).",
        "Not an Ed25519 public key (PEM or 43 letters of base64url).",
    ),
    "public_key_taken": Problem(409, "Khóa công khai này đã thuộc về loa khác.", "Another speaker has this public key."),
    "incident_unknown": Problem(404, "Không có sự cố này.", "There is no such incident."),
    # bulletins
    "bulletin_unknown": Problem(404, "Không có bản tin này.", "There is no such bulletin."),
    "bulletin_not_ready": Problem(409, "Bản tin chưa sẵn sàng để phát.", "The bulletin is not ready to be aired."),
    "nothing_to_say": Problem(422, "Văn bản không còn gì để đọc.", "Nothing is left to be read aloud."),
    "text_too_long": Problem(422, "Văn bản quá dài.", "The text is too long."),
    "glossary_invalid": Problem(422, "Bảng từ có mục không hợp lệ.", "The glossary has an entry that is not valid."),
    "upload_missing": Problem(422, "Chưa có tệp âm thanh.", "There is no file in the upload."),
    # broadcasts and alerts
    "broadcast_unknown": Problem(404, "Không có lượt phát này.", "There is no such broadcast."),
    "alert_unknown": Problem(404, "Không có cảnh báo này.", "There is no such alert."),
    "no_targets": Problem(422, "Nơi được chọn không có loa nào.", "No speaker stands in the places asked for."),
    "start_in_past": Problem(422, "Giờ phát đã qua.", "The start has passed already."),
    "too_long_on_air": Problem(422, "Thời gian phát hoặc thời hạn trễ quá dài.", "On air, or allowed to be late, for too long."),
    "clash": Problem(409, "Trùng giờ với lượt phát khác.", "Something else is on air there at that time."),
    "expiry_invalid": Problem(422, "Thời hạn của cảnh báo không hợp lệ.", "The alert's expiry is not valid."),
    # the house
    "database_busy": Problem(503, "Cơ sở dữ liệu đang bận, xin thử lại.", "The database is busy; try again."),
    "database_error": Problem(503, "Cơ sở dữ liệu không trả lời.", "The database does not answer."),
    "disk_full": Problem(507, "Ổ đĩa đã đầy.", "The disk is full."),
    "internal": Problem(500, "Có lỗi bên trong; đã ghi nhật ký.", "Something failed inside; it has been logged."),
}  # fmt: skip

STUDIO_DEFAULT = Problem(422, "Không tạo được âm thanh từ nội dung này.", "No sound could be made of this.")


def studio_problem(code: str) -> Problem:
    """What the studio refused: a file or a text that is no clean sound."""
    return PROBLEMS.get(code) or STUDIO_PROBLEMS.get(code) or STUDIO_DEFAULT


STUDIO_PROBLEMS: dict[str, Problem] = {
    "not_audio": Problem(422, "Tệp này không phải âm thanh.", "This file is no sound."),
    "unsafe_container": Problem(422, "Loại tệp này trỏ sang nơi khác nên không được nhận.", "This kind of file points elsewhere and is not taken."),
    "no_decodable_audio": Problem(422, "Không giải mã được âm thanh trong tệp.", "There is no sound in it that can be decoded."),
    "too_large": Problem(413, "Tệp quá lớn.", "The file is too large."),
    "too_long": Problem(422, "Âm thanh quá dài.", "The sound is too long."),
    "too_short": Problem(422, "Âm thanh quá ngắn.", "The sound is too short."),
    "expands_too_much": Problem(422, "Tệp nở ra quá lớn so với kích thước.", "The file expands far beyond its size."),
    "unusable_format": Problem(422, "Định dạng âm thanh không dùng được.", "This sound format cannot be used."),
    "silent_audio": Problem(422, "Tệp chỉ có im lặng.", "There is only silence in it."),
    "decode_timeout": Problem(422, "Giải mã quá lâu nên đã dừng.", "Decoding took too long and was ended."),
    "encode_failed": Problem(500, "Không mã hóa được âm thanh.", "The sound could not be encoded."),
    "child_unavailable": Problem(500, "Thiếu chương trình xử lý âm thanh; xin chạy loa doctor.", "A sound program is missing; run loa doctor."),
    "child_timeout": Problem(422, "Xử lý âm thanh quá lâu nên đã dừng.", "Making the sound took too long and was ended."),
    "child_flooded": Problem(422, "Xử lý âm thanh hỏng.", "Making the sound went wrong."),
    "speech_failed": Problem(500, "Giọng đọc bị lỗi; xin chạy loa doctor.", "The voice failed; run loa doctor."),
    "speech_timeout": Problem(422, "Đọc văn bản quá lâu nên đã dừng.", "Speaking took too long and was ended."),
    "voice_unknown": Problem(422, "Không có giọng đọc này.", "There is no such voice."),
    "rendering_failed": Problem(500, "Không tạo được âm thanh; đã ghi nhật ký.", "The sound could not be made; it has been logged."),
}  # fmt: skip
