"""Recurring tasks, one file each: a name, a pause, and `run`, which returns how many things it did."""
