"""Tables that ship with the detectors: characters, host words, organ names."""
