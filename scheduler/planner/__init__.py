"""From programmes, calendars and rules of the air to what sounds where and when, each with its reason. Pure."""
