"""At which places a thing is: what decides who sees it, and who may touch it."""
