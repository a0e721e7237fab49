"""How the shipped spaCy pipeline was made, so that anyone can make it again (see README.md)."""
