"""Measures the trained model, as shipped, on labelled messages, and simple baselines beside it: `make eval EVAL=path`.

Runs in the engine's environment. Each file measures one kind of label and returns JSON; table.py alone makes words of it.
"""
