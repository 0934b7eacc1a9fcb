"""The packaged face of a site: templates, assets, words, and the engine that renders them."""
