"""Reading texts: front matter, Markdown, dates, Vietnamese, likeness. Strings in, values out."""
