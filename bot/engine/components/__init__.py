"""Rasa's shells around bot.engine.understanding, one component per file."""
