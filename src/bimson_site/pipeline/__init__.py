"""The stages, strangers to each other: discover, load, dedupe, assign, plan, render, publish."""
