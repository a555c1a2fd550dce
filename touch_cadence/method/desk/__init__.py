"""What a rep sees first, and the texts that are filled in."""
