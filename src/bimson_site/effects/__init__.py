"""Everything that touches the world: files, the cache, processes."""
