"""Readers: what screens, answers and exports are made from."""
