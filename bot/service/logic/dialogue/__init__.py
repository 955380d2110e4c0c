"""The conversation: for every deed that Rasa calls for, what becomes true and what is said. One file per kind of deed."""
