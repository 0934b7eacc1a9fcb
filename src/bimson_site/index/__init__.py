"""The index that readers search: words of texts, what is kept of an article, files, and how they are read."""
