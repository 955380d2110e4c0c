"""The thinking of the engine: plain functions from text to labels, with no Rasa in them."""
