"""The nouns of visitplan: frozen dataclasses, valid from birth, with no input or output."""
