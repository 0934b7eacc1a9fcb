"""The stages, in order: discover, load, release, dedupe, assign, shelve, plan, render, publish.

Each is a pure function; what several of them share (terms, references, fields) stands beside them.
"""
