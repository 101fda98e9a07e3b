"""A trace taken out of the terminal: diagrams, a page, pictures, a recording of the screen."""
