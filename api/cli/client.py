"""The command line's way to the REST interface of this machine's installation."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from api.cli.endpoint import read_endpoint

if TYPE_CHECKING:
    import httpx

TIMEOUT_S = 90.0


class Unreachable(Exception):
    """Nothing answers; the text says what to do about it, `vi` the same in Vietnamese."""

    code: ClassVar[str] = "unreachable"

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi = vi


class Refused(Exception):
    """The interface said no; the text is the problem's own, `problem` all of it."""

    code: ClassVar[str] = "refused"

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(str(problem.get("detail") or problem.get("title") or problem))
        self.problem = problem


class Client:
    """JSON in, JSON out. Raises Unreachable or Refused."""

    def __init__(self, api: str, key: str) -> None:
        import httpx

        self.address = api
        self._http = httpx.Client(
            base_url=f"{api}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=TIMEOUT_S, trust_env=False
        )

    def get(self, path: str, **query: Any) -> Any:
        return self._call("GET", path, params=query)

    def post(self, path: str, body: Any = None, key: str | None = None) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return self._call("POST", path, json={} if body is None else body, headers=headers)

    def put(self, path: str, body: Any) -> Any:
        return self._call("PUT", path, json=body)

    def upload(self, path: str, file: Path, fields: Mapping[str, str], **query: Any) -> Any:
        with file.open("rb") as content:
            return self._call("POST", path, files={"file": (file.name, content)}, data=dict(fields), params=query)

    def convert(self, path: str, file: Path, **query: Any) -> bytes:
        """Send a file, and get the file that is answered."""
        with file.open("rb") as content:
            return self._answer("POST", path, files={"file": (file.name, content)}, params=query).content

    def download(self, path: str, target: Path, **query: Any) -> None:
        target.write_bytes(self._answer("GET", path, params=query).content)

    def close(self) -> None:
        self._http.close()

    def _call(self, method: str, path: str, **parts: Any) -> Any:
        return self._answer(method, path, **parts).json()

    def _answer(self, method: str, path: str, **parts: Any) -> "httpx.Response":
        import httpx

        try:
            answer = self._http.request(method, path, **parts)
        except httpx.TransportError as error:
            raise Unreachable(f"Không gọi được {self.address}.", f"{self._http.base_url}: {error}") from error
        if answer.is_error:
            raise Refused(_problem(answer))
        return answer


@contextmanager
def client_of(data: Path) -> Iterator[Client]:
    """A client for the installation that runs on a data folder. Unreachable if none does."""
    endpoint = read_endpoint(data)
    key = data / "api-key"
    if endpoint is None or not key.is_file():
        raise Unreachable(
            f"Không có bộ điều khiển nào chạy trên {data}: hãy chạy `loa serve` (LOA_DATA là tên thư mục).",
            f"no installation runs on {data}: start one with `loa serve` (LOA_DATA names the folder)",
        )
    client = Client(endpoint.api, key.read_text("ascii").strip())
    try:
        yield client
    finally:
        client.close()


def _problem(answer: "httpx.Response") -> Mapping[str, Any]:
    try:
        return dict(answer.json())
    except ValueError:
        return {"title": f"HTTP {answer.status_code}"}
