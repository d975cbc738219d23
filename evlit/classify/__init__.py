"""Record → Tags: every axis of the code book, by cues in data files."""
