"""Bad links for real sockets: an MQTT-aware proxy that stands between a client and its broker."""
