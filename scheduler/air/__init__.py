"""Rules of the air: when an area is quiet, how long and how loud it may be spoken to. Decisions are pure."""
