"""Side by side with peers, and benches that say how good the answers are."""
