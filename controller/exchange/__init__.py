"""Programmes and airings as other programs write and read them: calendars and spreadsheets."""
