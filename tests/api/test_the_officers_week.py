"""An officer's show: a week for thirteen communes from a spreadsheet, mended, kept and seen in a calendar program."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from openpyxl import Workbook, load_workbook
from starlette.testclient import TestClient

from api.cli.district import COMMUNES
from tests.api.test_lists import add_speakers
from tests.api.week import VIETNAM, next_at
from tests.fakes.desk import ApiDesk

HEAD = ["Tên", "Nội dung", "Chuyên mục", "Địa bàn", "Ngày", "Giờ", "Từ ngày", "Ghi chú"]
DISTRICT = "Huyện Gò Công Đông"
HOME = ZoneInfo("Asia/Ho_Chi_Minh")
TODAY = next_at(0, days=0) + VIETNAM
Row = Sequence[Any]
