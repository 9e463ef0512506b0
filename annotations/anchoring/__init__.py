"""Positions in a text. Unit everywhere: Unicode code points, half-open [start, end)."""
