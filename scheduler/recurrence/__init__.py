"""When something comes back: rules of days and hours, and RFC 5545 series, to instants in a zone."""
