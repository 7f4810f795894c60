"""What can go wrong before a broker answers; each error has words for the person at the machine."""

from typing import ClassVar

from devices.errors import DeviceError


class BrokerError(DeviceError):
    """Base of this room's refusals; `vi` and `en` say what happened and what to do about it."""

    code: ClassVar[str] = "broker_error"
    vi: ClassVar[str] = "Máy chủ tin nhắn (MQTT) gặp lỗi."
    en: ClassVar[str] = "The message broker (MQTT) failed."

    def __str__(self) -> str:
        seen = ", ".join(f"{name}={value}" for name, value in self.data.items())
        return f"{self.code}: {self.en} ({seen})" if seen else f"{self.code}: {self.en}"


class MqttUrlInvalid(BrokerError):
    """The address is none that we can connect to; `why` says what is wrong, the address is not repeated."""

    code = "mqtt_url_invalid"
    vi = "Địa chỉ MQTT không hợp lệ; dạng đúng: mqtt://máy:1883 hoặc mqtts://người-dùng:mật-khẩu@máy:8883?ca=TỆP."
    en = "Not an MQTT address; write mqtt://host:1883 or mqtts://user:password@host:8883?ca=FILE."


class BrokerMissing(BrokerError):
    """The program is not on this machine."""

    code = "broker_missing"
    vi = "Chưa cài Mosquitto. Debian/Ubuntu: sudo apt install mosquitto. Hoặc dùng máy chủ tích hợp: --broker embedded."
    en = "Mosquitto is not installed. Debian/Ubuntu: sudo apt install mosquitto. Or use --broker embedded."


class BrokerUnguarded(BrokerError):
    """TLS, access control or another address than this machine's was asked of a broker that has neither."""

    code = "broker_unguarded"
    vi = (
        "Máy chủ tin nhắn này không có TLS và kiểm soát truy cập, nên chỉ nghe trên máy này. "
        "Hãy dùng --broker mosquitto với LOA_MQTT__TLS=true, hoặc một máy chủ riêng qua LOA_MQTT__URL=mqtts://…"
    )
    en = (
        "This broker has neither TLS nor access control, so it listens on this machine only. "
        "Use --broker mosquitto with LOA_MQTT__TLS=true, or a broker of yours by LOA_MQTT__URL=mqtts://..."
    )


class BrokerPortTaken(BrokerError):
    """Another program listens on the port that was asked for."""

    code = "broker_port_taken"
    vi = "Cổng MQTT đang bị chương trình khác chiếm; hãy chọn cổng khác bằng LOA_MQTT__PORT."
    en = "Another program listens on this MQTT port; choose another one with LOA_MQTT__PORT."


class BrokerNotStarted(BrokerError):
    """The program ended or did not answer in time; `log` is where it says why, `said` its last words."""

    code = "broker_not_started"
    vi = "Máy chủ MQTT không khởi động được; xem tệp nhật ký."
    en = "The MQTT broker did not start; its log file says why."
