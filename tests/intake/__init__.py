"""The intake's corpora: what honest programs write, what attackers would, and how it is judged."""
