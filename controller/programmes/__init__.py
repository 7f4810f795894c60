"""The week of an area: programmes kept, planned, ordered, and put into the speakers' plans."""
