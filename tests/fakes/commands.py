"""`loa` on the data folder of a running installation."""

from typer.testing import CliRunner

from api.cli.endpoint import Endpoint, write_endpoint
from api.cli.main import app
from controller.keys.changes import Change
from controller.keys.disk import Disk
from controller.keys.folder import make_folder
from tests.fakes.desk import ApiDesk


class Office:
    """`loa` on the data folder of a running installation."""

    def __init__(self, desk: ApiDesk, address: str) -> None:
        self.folder = desk.office.folder
        write_endpoint(self.folder, Endpoint(address.removesuffix("/api/v1"), "mqtt://127.0.0.1:1"))
        (self.folder / "api-key").write_text(desk.keys["administrator"], "ascii")
        keyring = desk.office.keyring
        make_folder(self.folder / "keys", Change(keyring, keyring.keys), None, desk.services.now(), Disk())

    def loa(self, *words: str, status: int = 0) -> list[str]:
        """What it says, line by line; the server in this process logs between them."""
        done = CliRunner().invoke(app, [*words, "--data", str(self.folder)])
        assert done.exit_code == status, (done.output, done.exception)
        return [line for line in done.output.splitlines() if "request=" not in line]
