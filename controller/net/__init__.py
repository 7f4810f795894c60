"""The way out: how anything is fetched from an address that a person entered."""
