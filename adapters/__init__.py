"""The ports made real: every library, protocol and format lives here. Takes plain values."""
