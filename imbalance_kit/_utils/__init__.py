"""Containers, validation, random streams and sampling strategies shared by the folders above."""
