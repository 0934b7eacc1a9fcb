"""The preview: a site served as it would be built, drawn page by page when asked; nothing is published."""
