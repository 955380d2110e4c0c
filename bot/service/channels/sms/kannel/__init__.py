"""Kannel, an SMS gateway of one's own: outbound.py hands messages over, routes.py takes what it brings, gate.py knows it."""
