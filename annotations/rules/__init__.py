"""The trade, readable by an analyst: kinds, links, review steps, rights. Pure Python."""
