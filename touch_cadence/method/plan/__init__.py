"""When a client is touched next, by which channel and why; and what a rep's days take."""
