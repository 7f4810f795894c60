"""What the keys refuse, in the words of whoever keeps them."""

from typing import ClassVar

from controller.errors.base import LoaError


class KeysError(LoaError):
    """Something is the matter with the keys."""

    code = "keys_error"
    vi: ClassVar[str] = "Khóa có vấn đề."


class KeysIncomplete(KeysError):
    """Some signing keys are in the data folder, others are not: nothing is made up in their place. Bring the missing
    files back from your copy."""

    code = "keys_incomplete"
    vi = "Thư mục khóa thiếu tệp: máy không tự làm khóa khác thay vào. Xin chép lại từ bản sao."


class AuthorityMissing(KeysError):
    """Speakers hold certificates of this installation, but the folder authority/ is missing: another authority would
    lock every speaker out. Bring authority/ back from your copy; where it is lost: loa keys new-authority."""

    code = "authority_missing"
    vi = (
        "Loa đã có chứng thư của hệ thống này nhưng thiếu thư mục authority/: nếu tự làm cái khác thì mọi loa bị khóa "
        "ngoài. Xin chép authority/ lại từ bản sao; nếu đã mất hẳn, hãy chạy: loa keys new-authority"
    )


class KeysLocked(KeysError):
    """The signing keys are under a passphrase that was not given, or a wrong one (LOA_KEYS__PASSPHRASE)."""

    code = "keys_locked"
    vi = "Khóa ký được bảo vệ bằng mật khẩu mà máy không có, hoặc mật khẩu sai (LOA_KEYS__PASSPHRASE)."


class KeysMixed(KeysError):
    """The trust set in the key folder is not signed by its root key: files of two installations were mixed, or
    somebody changed them."""

    code = "keys_mixed"
    vi = "Tập tin cậy trong thư mục khóa không do khóa gốc của nó ký: tệp bị lẫn hoặc bị sửa."


class RootMissing(KeysError):
    """The root key file is not where it was looked for. Name it with --root, or bring it back to this machine."""

    code = "root_missing"
    vi = "Không thấy tệp khóa gốc. Xin chỉ chỗ bằng --root, hoặc cắm lại vật lưu khóa gốc."


class RootLocked(KeysError):
    """The passphrase does not open the root key file."""

    code = "root_locked"
    vi = "Mật khẩu không mở được tệp khóa gốc."


class RootSpoiled(KeysError):
    """The file is no root key file of Loa, or it was changed or damaged. Use your second copy."""

    code = "root_spoiled"
    vi = "Tệp này không phải tệp khóa gốc của Loa, hoặc đã hỏng. Xin dùng bản sao thứ hai."


class RootForeign(KeysError):
    """This is the root key of another installation, or one that has been replaced."""

    code = "root_foreign"
    vi = "Đây là khóa gốc của hệ thống khác, hoặc khóa gốc cũ đã bị thay."


class RootStillOnline(KeysError):
    """The root key still lies in clear among the online keys. First: loa keys take-root-offline."""

    code = "root_still_online"
    vi = "Khóa gốc vẫn nằm chung với các khóa trực tuyến. Trước hết hãy chạy: loa keys take-root-offline."


class RootOffline(KeysError):
    """The root key is not among the online keys: there is nothing to take away."""

    code = "root_offline"
    vi = "Khóa gốc không còn nằm chung với các khóa trực tuyến: không có gì để chuyển đi."


class FileThere(KeysError):
    """The file is there already, and is not overwritten: a key that is lost is lost for ever."""

    code = "file_there"
    vi = "Tệp đã có sẵn và không bị ghi đè: khóa đã mất thì không lấy lại được."


class PassphraseMissing(KeysError):
    """A passphrase is needed: type it, or give it in the environment or in a file."""

    code = "passphrase_missing"
    vi = "Cần mật khẩu: xin gõ vào, hoặc đặt trong biến môi trường hay trong tệp."


class PassphraseWeak(KeysError):
    """A passphrase of at least 12 characters, please: whoever finds the file may try for years."""

    code = "passphrase_weak"
    vi = "Mật khẩu phải dài ít nhất 12 ký tự: ai nhặt được tệp có thể thử trong nhiều năm."


class TooManyKeys(KeysError):
    """More keys would be trusted at once than a trust set holds. Wait until older ones have ended, or rotate with
    --at-once."""

    code = "too_many_keys"
    vi = "Quá nhiều khóa cùng được tin một lúc. Xin đợi khóa cũ hết hạn, hoặc dùng --at-once."


class ClockBehind(KeysError):
    """The clock of this machine is years behind (no battery, no network yet?): keys and certificates made now would
    hold at the wrong time, and no speaker would believe them. Set the clock, then start again."""

    code = "clock_behind"
    vi = (
        "Đồng hồ của máy chậm nhiều năm (hết pin, chưa có mạng?): khóa và chứng thư làm lúc này sẽ sai thời hạn, loa "
        "không tin. Xin chỉnh đồng hồ rồi khởi động lại."
    )


class KeysBusy(KeysError):
    """Another command is changing the keys at this moment."""

    code = "keys_busy"
    vi = "Một lệnh khác đang thay khóa."


class BackupInvalid(KeysError):
    """The file is no backup of Loa, or it was damaged."""

    code = "backup_invalid"
    vi = "Tệp này không phải bản sao lưu của Loa, hoặc đã hỏng."


class BackupLocked(KeysError):
    """The passphrase does not open the keys in the backup."""

    code = "backup_locked"
    vi = "Mật khẩu không mở được phần khóa trong bản sao lưu."


class FolderNotEmpty(KeysError):
    """A backup is only restored into a folder that is empty or not there yet."""

    code = "folder_not_empty"
    vi = "Chỉ khôi phục vào thư mục trống hoặc chưa có."
