"""The judge: was the promise kept? Joins three records after a run; knows no broker, clock or controller."""
