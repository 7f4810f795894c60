"""Calendars of Vietnam: lunar dates, and public holidays as a library knows them."""
